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

package dev.completion.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Connection to a server under test on which bytes are sent and read as they are.
 */
final class RawConnection implements AutoCloseable {

	private final Socket socket;

	private final ByteArrayOutputStream received = new ByteArrayOutputStream();

	RawConnection(CompletionServer server) throws IOException {
		this.socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
		this.socket.setSoTimeout(30_000);
	}

	static String request(CompletionServer server, String method, String path, String body) {
		return method + " " + path + " HTTP/1.1\r\nhost: localhost\r\nx-api-key: " + server.apiKey()
				+ "\r\nanthropic-version: 2023-06-01\r\ncontent-type: application/json\r\ncontent-length: "
				+ body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body;
	}

	static String completionRequest(CompletionServer server, String body) {
		return request(server, "POST", "/v1/complete", body);
	}

	RawConnection send(String text) throws IOException {
		this.socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
		return this;
	}

	/**
	 * Read until the given text has arrived.
	 * @param text the text to wait for
	 * @return all that was read since the last call
	 */
	String readUntil(String text) throws IOException {
		while (!this.received.toString(StandardCharsets.UTF_8).contains(text)) {
			int next = this.socket.getInputStream().read();
			if (next == -1) {
				throw new IOException("Closed after: " + this.received.toString(StandardCharsets.UTF_8));
			}
			this.received.write(next);
		}
		String all = this.received.toString(StandardCharsets.UTF_8);
		this.received.reset();
		return all;
	}

	/**
	 * Read an answer whose length is announced.
	 * @return the head and the body
	 */
	String readAnswer() throws IOException {
		String head = readUntil("\r\n\r\n");
		int length = Integer.parseInt(head.replaceFirst("(?is).*content-length: (\\d+)\r\n.*", "$1"));
		return head + new String(this.socket.getInputStream().readNBytes(length), StandardCharsets.UTF_8);
	}

	/**
	 * Read until the server closes the connection.
	 * @return all that was read
	 * @throws SocketException if the server resets the connection
	 */
	String readToEnd() throws IOException {
		return new String(this.socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
	}

	/**
	 * Read until the server resets the connection.
	 * @return all that was read since the last call
	 */
	String readToReset() throws IOException {
		try {
			String all = readUntil("no text has this");
			throw new IOException("Not reset after: " + all);
		}
		catch (SocketException ex) {
			assertThat(ex).hasMessage("Connection reset");
			String all = this.received.toString(StandardCharsets.UTF_8);
			this.received.reset();
			return all;
		}
	}

	/**
	 * Return whether no byte and no end comes for a while.
	 */
	boolean isSilent() throws IOException {
		this.socket.setSoTimeout(200);
		try {
			this.socket.getInputStream().read();
			return false;
		}
		catch (SocketTimeoutException ex) {
			return true;
		}
		finally {
			this.socket.setSoTimeout(30_000);
		}
	}

	/**
	 * Read as fast as can be, until this connection is closed.
	 */
	void readAndDrop() {
		try {
			this.socket.getInputStream().transferTo(OutputStream.nullOutputStream());
		}
		catch (IOException ex) {
			assertThat(this.socket.isClosed()).isTrue();
		}
	}

	int localPort() {
		return this.socket.getLocalPort();
	}

	boolean isClosedByServer() throws IOException {
		return this.socket.getInputStream().read() == -1;
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
