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
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/**
 * A port that takes no more connections: attempts to connect hang, as they do behind a
 * firewall that drops packets.
 */
final class FullBacklog implements AutoCloseable {

	private static final int MAX_BACKLOG = 50;

	private final ServerSocket serverSocket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());

	private final List<Socket> pending = new ArrayList<>();

	FullBacklog() throws IOException {
		while (connect()) {
			if (this.pending.size() > MAX_BACKLOG) {
				throw new IOException("The backlog does not fill");
			}
		}
	}

	private boolean connect() throws IOException {
		Socket socket = new Socket();
		this.pending.add(socket);
		try {
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.serverSocket.getLocalPort()),
					200);
			return true;
		}
		catch (SocketTimeoutException ex) {
			return false;
		}
	}

	String baseUrl() {
		return "http://127.0.0.1:" + this.serverSocket.getLocalPort();
	}

	@Override
	public void close() throws IOException {
		for (Socket socket : this.pending) {
			socket.close();
		}
		this.serverSocket.close();
	}

}
