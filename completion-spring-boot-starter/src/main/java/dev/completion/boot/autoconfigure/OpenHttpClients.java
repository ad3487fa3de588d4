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

import java.lang.ref.Cleaner;
import java.lang.ref.Cleaner.Cleanable;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import dev.completion.client.CompletionClient;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.SmartLifecycle;

/**
 * The HTTP clients that have not been closed. They are updated when an SSL bundle is
 * reloaded and when the application is started again, and are closed together with the
 * application.
 */
final class OpenHttpClients implements DisposableBean, SmartLifecycle {

	private static final Cleaner cleaner = Cleaner.create();

	private final Map<ReloadingHttpClient, Cleanable> clients = new ConcurrentHashMap<>();

	// one handler for each SSL bundle, because handlers cannot be removed
	private final Set<String> observedBundles = ConcurrentHashMap.newKeySet();

	private volatile boolean running;

	private boolean stopped;

	/**
	 * Add an HTTP client. It is closed when its owner is no longer reachable, because a
	 * refresh scope does not close a client that it creates during a refresh.
	 * @param owner the client that uses the HTTP client, to which the HTTP client must
	 * not refer
	 */
	void add(CompletionClient owner, ReloadingHttpClient httpClient) {
		this.clients.put(httpClient, cleaner.register(owner, () -> {
			this.clients.remove(httpClient);
			httpClient.close();
		}));
	}

	/**
	 * Close the connections of an HTTP client.
	 */
	void close(ReloadingHttpClient httpClient) {
		Cleanable cleanable = this.clients.get(httpClient);
		if (cleanable != null) {
			cleanable.clean();
		}
		httpClient.close();
	}

	/**
	 * Return the name of an SSL bundle, and observe whether it is reloaded.
	 * @param bundle the bundle, which does not know its name
	 * @param bundles the bundles of the application, if there are any
	 * @return the name, or {@code null} if it is none of these bundles
	 */
	@Nullable String observe(@Nullable SslBundle bundle, @Nullable SslBundles bundles) {
		if (bundle == null || bundles == null) {
			return null;
		}
		for (String name : bundles.getBundleNames()) {
			if (bundles.getBundle(name).equals(bundle)) {
				observe(name, bundles);
				return name;
			}
		}
		return null;
	}

	private void observe(String name, SslBundles bundles) {
		if (this.observedBundles.add(name)) {
			bundles.addBundleUpdateHandler(name,
					(reloaded) -> this.clients.keySet().forEach((httpClient) -> httpClient.reload(name, reloaded)));
		}
	}

	/**
	 * Create the HTTP clients again if the application was stopped, because stopping may
	 * have ended the event loops that they use.
	 */
	@Override
	public synchronized void start() {
		if (this.stopped) {
			this.clients.keySet().forEach(ReloadingHttpClient::restart);
		}
		this.stopped = false;
		this.running = true;
	}

	@Override
	public synchronized void stop() {
		this.stopped = true;
		this.running = false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/**
	 * Return {@code false}, as Spring's resources for Reactor Netty do: a paused
	 * application keeps its event loops.
	 */
	@Override
	public boolean isPauseable() {
		return false;
	}

	/**
	 * Return the phase of Spring's resources for Reactor Netty, which is before that of a
	 * web server.
	 */
	@Override
	public int getPhase() {
		return 0;
	}

	@Override
	public void destroy() {
		this.clients.keySet().forEach(this::close);
	}

}
