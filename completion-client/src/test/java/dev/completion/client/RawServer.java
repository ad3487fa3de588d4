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

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server that knows no HTTP: it reads a request, then does to the socket what the test
 * wants.
 */
final class RawServer implements AutoCloseable {

	private static final Pattern CONTENT_LENGTH = Pattern.compile("(?i)content-length: *(\\d+)");

	private final ServerSocket serverSocket;

	private final Conversation conversation;

	private final List<String> requests = new CopyOnWriteArrayList<>();

	private RawServer(Conversation conversation) {
		this.conversation = conversation;
		try {
			this.serverSocket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		startThread(this::acceptAll);
	}

	static RawServer start(Conversation conversation) {
		return new RawServer(conversation);
	}

	/**
	 * Start a server that writes the given text, then closes the connection.
	 */
	static RawServer answering(String response) {
		return answering(response.getBytes(StandardCharsets.UTF_8));
	}

	static RawServer answering(byte[] response) {
		return start((request, socket) -> {
			socket.getOutputStream().write(response);
			socket.getOutputStream().flush();
		});
	}

	String baseUrl() {
		return "http://127.0.0.1:" + this.serverSocket.getLocalPort();
	}

	List<String> requests() {
		return this.requests;
	}

	private void acceptAll() {
		while (!this.serverSocket.isClosed()) {
			try {
				Socket socket = this.serverSocket.accept();
				startThread(() -> converse(socket));
			}
			catch (IOException ex) {
				// the test is done with the server
			}
		}
	}

	private void converse(Socket socket) {
		try (socket) {
			String request = read(socket.getInputStream());
			this.requests.add(request);
			this.conversation.answer(request, socket);
			socket.shutdownOutput();
			socket.getInputStream().readAllBytes();
		}
		catch (IOException ex) {
			// the client, or the test, is done with the socket
		}
	}

	private static void startThread(Runnable task) {
		Thread thread = new Thread(task, "raw-server");
		thread.setDaemon(true);
		thread.start();
	}

	static String read(InputStream stream) throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		while (!bytes.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
			int next = stream.read();
			if (next == -1) {
				throw new IOException("The client closed the connection");
			}
			bytes.write(next);
		}
		Matcher length = CONTENT_LENGTH.matcher(bytes.toString(StandardCharsets.ISO_8859_1));
		if (length.find()) {
			bytes.write(stream.readNBytes(Integer.parseInt(length.group(1))));
		}
		return bytes.toString(StandardCharsets.UTF_8);
	}

	@Override
	public void close() {
		try {
			this.serverSocket.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * What to do on a socket once a request has been read.
	 */
	@FunctionalInterface
	interface Conversation {

		void answer(String request, Socket socket) throws IOException;

	}

}
