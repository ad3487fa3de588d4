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
import java.net.ServerSocket;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

import io.netty.pkitesting.X509Bundle;

/**
 * TLS in front of a server that has none. Who connects must show a certificate.
 */
final class TlsTunnel extends Tunnel {

	private final int server;

	private final List<String> clients = new CopyOnWriteArrayList<>();

	/**
	 * Start a tunnel.
	 * @param certificate what to show; who connects must have one of the same authority
	 * @param server the port of the server behind
	 */
	TlsTunnel(X509Bundle certificate, int server) throws IOException, GeneralSecurityException {
		super(listen(certificate));
		this.server = server;
	}

	private static ServerSocket listen(X509Bundle certificate) throws IOException, GeneralSecurityException {
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(certificate.toKeyManagerFactory().getKeyManagers(),
				certificate.toTrustManagerFactory().getTrustManagers(), null);
		SSLServerSocket socket = (SSLServerSocket) context.getServerSocketFactory()
			.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
		socket.setNeedClientAuth(true);
		return socket;
	}

	/**
	 * Return the names in the certificates that were shown, one for each connection.
	 */
	List<String> clients() {
		return this.clients;
	}

	@Override
	Socket connect(Socket accepted) throws IOException {
		this.clients.add(((SSLSocket) accepted).getSession().getPeerPrincipal().getName());
		return connect(this.server);
	}

}
