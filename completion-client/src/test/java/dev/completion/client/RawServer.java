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
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
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

	private final boolean reading;

	private RawServer(InetSocketAddress address, boolean reading, Conversation conversation) {
		this.reading = reading;
		this.conversation = conversation;
		try {
			this.serverSocket = new ServerSocket(address.getPort(), 50, address.getAddress());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		startThread(this::acceptAll);
	}

	static RawServer start(Conversation conversation) {
		return start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), conversation);
	}

	static RawServer start(InetSocketAddress address, Conversation conversation) {
		return new RawServer(address, true, conversation);
	}

	/**
	 * Start a server that reads nothing: the conversation begins with the connection.
	 */
	static RawServer accepting(Conversation conversation) {
		return new RawServer(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), false, conversation);
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
		return "http://127.0.0.1:" + port();
	}

	int port() {
		return this.serverSocket.getLocalPort();
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
			String request = this.reading ? read(socket.getInputStream()) : "";
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

	/**
	 * Close a connection such that the client gets a reset.
	 */
	static void reset(Socket socket) throws IOException {
		socket.setSoLinger(true, 0);
		socket.close();
	}

	/**
	 * Write each of the given parts as a segment of its own.
	 */
	static void write(Socket socket, String... segments) throws IOException {
		socket.setTcpNoDelay(true);
		for (int i = 0; i < segments.length; i++) {
			if (i > 0) {
				pause(socket, 20);
			}
			socket.getOutputStream().write(segments[i].getBytes(StandardCharsets.UTF_8));
		}
	}

	/**
	 * Let time pass in which the client is to send nothing.
	 */
	static void pause(Socket socket, int millis) throws IOException {
		if (millis == 0) {
			return;
		}
		socket.setSoTimeout(millis);
		try {
			int read = socket.getInputStream().read();
			throw new IOException("The client did not wait: " + read);
		}
		catch (SocketTimeoutException ex) {
			socket.setSoTimeout(0);
		}
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
