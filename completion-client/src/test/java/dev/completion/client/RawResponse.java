/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package dev.completion.client;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * Response that a {@link RawServer} sends, the last one on its connection.
 */
final class RawResponse {

	private final byte[] bytes;

	private RawResponse(byte[] bytes) {
		this.bytes = bytes;
	}

	static RawResponse of(int status, String contentType, String body, String... headers) {
		StringBuilder response = new StringBuilder("HTTP/1.1 " + status + " X\r\nConnection: close\r\n");
		response.append("Content-Length: ").append(body.getBytes(StandardCharsets.UTF_8).length).append("\r\n");
		response.append("Content-Type: ").append(contentType).append("\r\n");
		for (String header : headers) {
			response.append(header).append("\r\n");
		}
		return new RawResponse(response.append("\r\n").append(body).toString().getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Return an error of the API with the given header lines.
	 */
	static RawResponse error(int status, String type, String... headers) {
		String envelope = "{\"type\":\"error\",\"error\":{\"type\":\"%s\",\"message\":\"because\"}}".formatted(type);
		return of(status, "application/json", envelope, headers);
	}

	void writeTo(Socket socket) throws IOException {
		OutputStream out = socket.getOutputStream();
		out.write(this.bytes);
		out.flush();
	}

}
