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

import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;

import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.handler.proxy.ProxyHandler;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpResponseDecoderSpec;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.SslProvider;

import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.util.ClassUtils;

/**
 * The connections of a client and of its variants. On top of an HTTP client that may be
 * the application's own comes what keeps calls safe.
 */
final class Connections {

	// gateways also forward the headers of upstream servers
	private static final int MAX_HEADER_SIZE = 64 * 1024;

	private static final int KEEP_ALIVE_SECONDS = 60;

	// a runtime that was created with jlink may lack the module jdk.net
	private static final boolean HAS_EXTENDED_OPTIONS = ClassUtils.isPresent("jdk.net.ExtendedSocketOptions", null);

	private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

	private final Supplier<HttpClient> httpClient;

	private final Runnable closer;

	private Connections(Supplier<HttpClient> httpClient, Runnable closer) {
		this.httpClient = new MemoizedSupplier<>(httpClient, Connections::safe);
		this.closer = closer;
	}

	/**
	 * Return the connections of the HTTP client that is supplied for each attempt, or
	 * open new connections.
	 * @param httpClient the supplier of the HTTP client, or {@code null} to open
	 * connections
	 * @param closer closes the connections of the supplied HTTP client
	 */
	static Connections of(@Nullable Supplier<HttpClient> httpClient, Runnable closer) {
		return (httpClient != null) ? new Connections(httpClient, closer) : open();
	}

	/**
	 * Open connections of our own. A connection is given up before a load balancer would
	 * do so, and does not outlive a change of the server's address for long.
	 */
	static Connections open() {
		ConnectionProvider pool = ConnectionProvider.builder("completion")
			.maxConnections(500)
			.pendingAcquireMaxCount(1000)
			.pendingAcquireTimeout(Duration.ofSeconds(5))
			.maxIdleTime(Duration.ofSeconds(30))
			.maxLifeTime(Duration.ofMinutes(5))
			.evictInBackground(Duration.ofSeconds(30), Schedulers.parallel())
			.build();
		LoopResources threads = LoopResources.create("completion", LoopResources.DEFAULT_IO_WORKER_COUNT, true);
		HttpClient httpClient = HttpClient.create(pool)
			.runOn(threads)
			.resolver((resolver) -> resolver.cacheMaxTimeToLive(Duration.ofSeconds(60)));
		return new Connections(() -> httpClient,
				() -> pool.disposeLater()
					.onErrorComplete()
					.then(threads.disposeLater(Duration.ZERO, CLOSE_TIMEOUT))
					.subscribe());
	}

	/**
	 * Have the connection probed while it waits for a long answer, lest a router on the
	 * way forgets it. Each transport has an option of its own for that, and takes no
	 * other; the native one, which may be absent, has it by name.
	 */
	private static void keepAlive(Channel channel) {
		ChannelConfig config = channel.config();
		if (HAS_EXTENDED_OPTIONS) {
			config.setOption(ExtendedOptions.KEEP_IDLE, KEEP_ALIVE_SECONDS);
		}
		config.setOption(ChannelOption.valueOf("io.netty.channel.epoll.EpollChannelOption#TCP_KEEPIDLE"),
				KEEP_ALIVE_SECONDS);
	}

	/**
	 * Have a proxy answer within the time that connecting may take. It has a limit of its
	 * own, which nobody who sets the other would expect.
	 */
	private static void limitProxy(Channel channel) {
		ProxyHandler proxy = channel.pipeline().get(ProxyHandler.class);
		if (proxy != null) {
			proxy.setConnectTimeoutMillis(channel.config().getConnectTimeoutMillis());
		}
	}

	/**
	 * Return what connects calls with the given timeouts.
	 * @param timeouts the timeouts
	 * @param secure whether TLS is used
	 * @param direct whether no proxy may be used
	 */
	ClientHttpConnector connector(Timeouts timeouts, boolean secure, boolean direct) {
		Supplier<ClientHttpConnector> connector = new MemoizedSupplier<>(this.httpClient,
				(httpClient) -> new ReactorClientHttpConnector(
						limit(direct ? httpClient.noProxy() : httpClient, timeouts, secure)));
		return (method, uri, callback) -> connector.get().connect(method, uri, callback);
	}

	/**
	 * Return the current HTTP client, as it is used.
	 */
	HttpClient httpClient() {
		return this.httpClient.get();
	}

	private static HttpClient limit(HttpClient httpClient, Timeouts timeouts, boolean secure) {
		Duration connect = timeouts.connect();
		int millis = (connect != null) ? (int) Math.min(connect.toMillis(), Integer.MAX_VALUE) : 0;
		HttpClient limited = httpClient.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, millis);
		return secure ? limitHandshake(limited, millis) : limited;
	}

	private static HttpClient limitHandshake(HttpClient httpClient, int millis) {
		HttpClient secure = (httpClient.configuration().sslProvider() != null) ? httpClient : httpClient.secure();
		SslProvider provider = Objects.requireNonNull(secure.configuration().sslProvider());
		return secure.secure(
				SslProvider.addHandlerConfigurator(provider, (handler) -> handler.setHandshakeTimeoutMillis(millis)));
	}

	void close() {
		this.closer.run();
	}

	// to name the protocol that it has already would set up TLS, even where none is used
	private static HttpClient http11(HttpClient httpClient) {
		HttpProtocol[] protocols = httpClient.configuration().protocols();
		boolean isHttp11 = protocols.length == 1 && protocols[0] == HttpProtocol.HTTP11;
		return isHttp11 ? httpClient : httpClient.protocol(HttpProtocol.HTTP11);
	}

	// a decoder has its own settings, so those of the application are copied
	private static HttpClient largeHeaders(HttpClient httpClient) {
		HttpResponseDecoderSpec own = httpClient.configuration().decoder();
		return (own.maxHeaderSize() >= MAX_HEADER_SIZE) ? httpClient
				: httpClient.httpResponseDecoder((decoder) -> decoder.maxHeaderSize(MAX_HEADER_SIZE)
					.maxInitialLineLength(own.maxInitialLineLength())
					.initialBufferSize(own.initialBufferSize())
					.validateHeaders(own.validateHeaders())
					.allowDuplicateContentLengths(own.allowDuplicateContentLengths())
					.allowPartialChunks(own.allowPartialChunks()));
	}

	// the connector would follow a redirect with the credential, and send a request again
	// that may have run
	private static HttpClient safe(HttpClient httpClient) {
		boolean decided = httpClient.configuration().options().containsKey(ChannelOption.SO_KEEPALIVE);
		HttpClient alive = decided ? httpClient : httpClient.option(ChannelOption.SO_KEEPALIVE, true);
		return largeHeaders(http11(alive)).followRedirect(false)
			.disableRetry(true)
			.compress(false)
			.responseTimeout(null)
			// what a server said before it closed may still be read
			.option(ChannelOption.AUTO_CLOSE, false)
			.doOnChannelInit((observer, channel, address) -> {
				keepAlive(channel);
				limitProxy(channel);
				// each handler is added after the codec, so the one that is added last
				// reads first
				SendFailureHandler.install(channel.pipeline());
				InterimResponseHandler.install(channel.pipeline());
				SurplusResponseHandler.install(channel.pipeline());
				NotTlsHandler.install(channel.pipeline());
			})
			.doOnResponse((response, connection) -> {
				if (response.status().code() < 200) {
					connection.markPersistent(false);
				}
				Attempt.responding(connection);
			});
	}

	/**
	 * Socket options of the module {@code jdk.net}, in a class that is loaded only if the
	 * module is present.
	 */
	private static final class ExtendedOptions {

		static final ChannelOption<Integer> KEEP_IDLE = NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE);

	}

}
