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
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import reactor.netty.http.client.HttpClient;

/**
 * A name server that knows every name by the same addresses.
 */
final class DnsServer implements AutoCloseable {

	private static final int RESPONSE = 0x8180;

	private static final int NO_SUCH_NAME = 3;

	private static final int HEADER_SIZE = 12;

	private final DatagramSocket socket;

	private final AtomicInteger queries = new AtomicInteger();

	private volatile List<String> addresses = List.of();

	private volatile boolean silent;

	private DnsServer() {
		try {
			this.socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		Thread thread = new Thread(this::answerAll, "dns-server");
		thread.setDaemon(true);
		thread.start();
	}

	/**
	 * Start a server that answers with the given addresses, or, without any, that there
	 * is no such name.
	 */
	static DnsServer start(String... addresses) {
		DnsServer server = new DnsServer();
		server.addresses(addresses);
		return server;
	}

	/**
	 * Start a server that never answers.
	 */
	static DnsServer silent() {
		DnsServer server = new DnsServer();
		server.silent = true;
		return server;
	}

	void addresses(String... addresses) {
		this.addresses = List.of(addresses);
	}

	int queries() {
		return this.queries.get();
	}

	/**
	 * Return a client that asks this server.
	 * @param httpClient the client that is to ask
	 * @param timeout how long it waits for an answer
	 * @param cacheTime how long it may keep one
	 */
	HttpClient serve(HttpClient httpClient, Duration timeout, Duration cacheTime) {
		InetSocketAddress address = (InetSocketAddress) this.socket.getLocalSocketAddress();
		return httpClient.resolver((resolver) -> resolver.queryTimeout(timeout)
			.cacheMaxTimeToLive(cacheTime)
			.resolvedAddressTypes(ResolvedAddressTypes.IPV4_ONLY)
			.dnsAddressResolverGroupProvider((builder) -> new DnsAddressResolverGroup(
					builder.nameServerProvider(new SingletonDnsServerAddressStreamProvider(address)))));
	}

	private void answerAll() {
		while (!this.socket.isClosed()) {
			try {
				DatagramPacket query = new DatagramPacket(new byte[512], 512);
				this.socket.receive(query);
				this.queries.incrementAndGet();
				if (!this.silent) {
					byte[] answer = answer(query.getData());
					this.socket.send(new DatagramPacket(answer, answer.length, query.getSocketAddress()));
				}
			}
			catch (IOException ex) {
				// the test is done with the server
			}
		}
	}

	private byte[] answer(byte[] query) throws IOException {
		List<String> addresses = this.addresses;
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		DataOutputStream out = new DataOutputStream(bytes);
		out.writeShort(ByteBuffer.wrap(query).getShort());
		out.writeShort(addresses.isEmpty() ? RESPONSE | NO_SUCH_NAME : RESPONSE);
		// one question, and the answers to it
		out.writeShort(1);
		out.writeShort(addresses.size());
		out.writeInt(0);
		int end = HEADER_SIZE;
		while (query[end] != 0) {
			end += query[end] + 1;
		}
		out.write(query, HEADER_SIZE, end + 5 - HEADER_SIZE);
		for (String address : addresses) {
			// the name of the question, type A, class IN, a day to live
			out.writeShort(0xC000 | HEADER_SIZE);
			out.writeInt(0x00010001);
			out.writeInt((int) Duration.ofDays(1).toSeconds());
			out.writeShort(4);
			out.write(InetAddress.getByName(address).getAddress());
		}
		return bytes.toByteArray();
	}

	@Override
	public void close() {
		this.socket.close();
	}

}
