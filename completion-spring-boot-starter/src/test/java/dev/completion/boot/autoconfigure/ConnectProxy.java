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
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An HTTP proxy that takes every name for that of one server.
 */
final class ConnectProxy extends Tunnel {

	private final int server;

	private final List<String> requests = new CopyOnWriteArrayList<>();

	/**
	 * Start a proxy.
	 * @param server the port of the server that it connects to
	 */
	ConnectProxy(int server) throws IOException {
		super(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
		this.server = server;
	}

	/**
	 * Return the requests so far, each with its headers.
	 */
	List<String> requests() {
		return this.requests;
	}

	@Override
	Socket connect(Socket accepted) throws IOException {
		this.requests.add(read(accepted.getInputStream()));
		Socket server = connect(this.server);
		accepted.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
		return server;
	}

	private static String read(InputStream input) throws IOException {
		StringBuilder head = new StringBuilder();
		while (head.indexOf("\r\n\r\n") == -1) {
			int next = input.read();
			if (next == -1) {
				throw new IOException("The request ended early");
			}
			head.append((char) next);
		}
		return head.toString();
	}

}
