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
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * What a {@link RawServer} says and sees when it answers with an event stream.
 */
final class RawStreams {

	static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

	static final String LAST_CHUNK = "0\r\n\r\n";

	private RawStreams() {
	}

	static String chunk(String text) {
		return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
	}

	/**
	 * Write text of which each character is a byte.
	 */
	static void write(Socket socket, String text) throws IOException {
		socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
		socket.getOutputStream().flush();
	}

	/**
	 * Wait until the client closes the connection.
	 * @return the time at which it did
	 */
	static long awaitClose(Socket socket) {
		try {
			socket.getInputStream().readAllBytes();
		}
		catch (IOException ex) {
			// a reset is a close as well
		}
		return System.nanoTime();
	}

	/**
	 * Wait for a while, or until the client closes the connection.
	 * @return whether it did
	 */
	static boolean isClosedWithin(Socket socket, Duration time) {
		try {
			socket.setSoTimeout((int) time.toMillis());
			InputStream in = socket.getInputStream();
			return in.read() == -1;
		}
		catch (SocketTimeoutException ex) {
			return false;
		}
		catch (IOException ex) {
			return true;
		}
	}

}
