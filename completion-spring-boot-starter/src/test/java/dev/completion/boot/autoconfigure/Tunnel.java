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

package dev.completion.boot.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A port whose connections are passed on to another.
 */
abstract class Tunnel implements AutoCloseable {

	private final ServerSocket serverSocket;

	private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

	Tunnel(ServerSocket serverSocket) {
		this.serverSocket = serverSocket;
		start(this::accept);
	}

	/**
	 * Return the other end of a connection that was accepted.
	 */
	abstract Socket connect(Socket accepted) throws IOException;

	int port() {
		return this.serverSocket.getLocalPort();
	}

	static Socket connect(int port) throws IOException {
		return new Socket(InetAddress.getLoopbackAddress(), port);
	}

	private void accept() throws IOException {
		while (true) {
			Socket accepted = this.serverSocket.accept();
			this.sockets.add(accepted);
			start(() -> {
				Socket other = connect(accepted);
				this.sockets.add(other);
				start(() -> pass(accepted, other));
				pass(other, accepted);
			});
		}
	}

	private static void pass(Socket from, Socket to) throws IOException {
		try (from; to) {
			InputStream input = from.getInputStream();
			OutputStream output = to.getOutputStream();
			byte[] buffer = new byte[8192];
			for (int count = input.read(buffer); count != -1; count = input.read(buffer)) {
				output.write(buffer, 0, count);
				output.flush();
			}
		}
	}

	// a connection that ends is nothing to a tunnel
	private static void start(Passage passage) {
		Thread thread = new Thread(() -> {
			try {
				passage.run();
			}
			catch (IOException ex) {
				Thread.currentThread().interrupt();
			}
		}, "tunnel");
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void close() {
		try {
			this.serverSocket.close();
			for (Socket socket : this.sockets) {
				socket.close();
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@FunctionalInterface
	private interface Passage {

		void run() throws IOException;

	}

}
