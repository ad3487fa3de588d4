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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

import dev.completion.client.Completion;
import dev.completion.client.CompletionClient;
import dev.completion.client.Prompt;
import dev.completion.client.error.ConnectionException;
import dev.completion.server.CompletionServer;
import dev.completion.server.Reply;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionAutoConfiguration}: SSL bundles, against a server that wants
 * to see a certificate.
 */
@ExtendWith(OutputCaptureExtension.class)
class CompletionSslTests {

	private static final String PASSWORD = "password";

	private static final Duration LIMIT = Duration.ofSeconds(20);

	private final CompletionServer server = CompletionServer.builder().chunkDelay(Duration.ZERO).start();

	private final X509Bundle authority;

	private final TlsTunnel tunnel;

	@TempDir
	private Path directory;

	private final ApplicationContextRunner runner;

	CompletionSslTests() throws Exception {
		this.authority = new CertificateBuilder().subject("CN=authority")
			.setIsCertificateAuthority(true)
			.ecp256()
			.buildSelfSigned();
		this.tunnel = new TlsTunnel(certificate("server"), this.server.port());
		this.runner = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, HttpClientAutoConfiguration.class,
					ReactiveHttpClientAutoConfiguration.class, WebClientAutoConfiguration.class,
					CompletionAutoConfiguration.class))
			.withPropertyValues("completion.base-url=https://127.0.0.1:" + this.tunnel.port(),
					"completion.api-key=" + this.server.apiKey(), "completion.defaults.model=claude-2.1",
					"completion.retry.max-retries=0", "spring.ssl.bundle.watch.file.quiet-period=100ms",
					"spring.reactor.netty.shutdown-quiet-period=10ms");
	}

	private X509Bundle certificate(String name) throws Exception {
		return new CertificateBuilder().subject("CN=" + name)
			.addSanIpAddress("127.0.0.1")
			.ecp256()
			.buildIssuedBy(this.authority);
	}

	@BeforeEach
	void write() throws Exception {
		write("first");
	}

	@AfterEach
	void close() {
		this.tunnel.close();
		this.server.close();
	}

	private void write(String name) throws Exception {
		X509Bundle certificate = certificate(name);
		write("client.crt", certificate.getCertificatePathPEM());
		write("client.key", certificate.getPrivateKeyPEM());
		write("authority.crt", this.authority.getCertificatePEM());
	}

	private void write(String file, String content) throws IOException {
		Path written = Files.writeString(this.directory.resolve(file + ".new"), content);
		Files.move(written, this.directory.resolve(file), StandardCopyOption.ATOMIC_MOVE);
	}

	private String[] bundle(String name) {
		String prefix = "spring.ssl.bundle.pem." + name + ".";
		return new String[] { prefix + "reload-on-update=true",
				prefix + "keystore.certificate=" + this.directory.resolve("client.crt"),
				prefix + "keystore.private-key=" + this.directory.resolve("client.key"),
				prefix + "truststore.certificate=" + this.directory.resolve("authority.crt") };
	}

	private static Mono<Completion> complete(ApplicationContext context, String bean) {
		return context.getBean(bean, CompletionClient.class).complete((request) -> request.prompt(Prompt.human("Hi")));
	}

	private static void await(BooleanSupplier condition) {
		Mono.fromSupplier(condition::getAsBoolean)
			.filter(Boolean::booleanValue)
			.repeatWhenEmpty((repeat) -> repeat.delayElements(Duration.ofMillis(5)))
			.block(LIMIT);
	}

	@Test
	@Proves("completion.ssl.bundle")
	void bundleIsConnectedWith() {
		this.runner.withPropertyValues(bundle("mutual"))
			.withPropertyValues("completion.ssl.bundle=mutual")
			.run((context) -> {
				assertThat(complete(context, "completionClient").block(LIMIT)).isNotNull();
				assertThat(this.tunnel.clients()).containsExactly("CN=first");
			});
	}

	@Test
	void withoutItTheServerIsNotTrusted() {
		this.runner.run((context) -> {
			Throwable error = complete(context, "completionClient").materialize().block(LIMIT).getThrowable();
			assertThat(error).isInstanceOf(ConnectionException.class)
				.hasMessageStartingWith("The TLS handshake failed: ")
				.hasMessageContaining("'completion.ssl.bundle'");
			assertThat(this.server.requests()).isEmpty();
		});
	}

	@Test
	void bundleOfTheApplicationsHttpClientsIsTheFallBack() {
		this.runner.withPropertyValues(bundle("mutual"))
			.withPropertyValues("spring.http.clients.ssl.bundle=mutual")
			.run((context) -> assertThat(complete(context, "completionClient").block(LIMIT)).isNotNull());
	}

	@Test
	void clientMayHaveABundleOfItsOwn() {
		this.runner.withPropertyValues(bundle("mutual"))
			.withPropertyValues("completion.clients.far.ssl.bundle=mutual",
					"completion.clients.near.defaults.model=claude-2.0")
			.run((context) -> {
				assertThat(complete(context, "farCompletionClient").block(LIMIT)).isNotNull();
				assertThat(complete(context, "nearCompletionClient").materialize().block(LIMIT).isOnError()).isTrue();
			});
	}

	@Test
	void bundleIsReloadedUnderTrafficAndNoCallIsLost() {
		this.server.enqueue(Reply.text("x".repeat(40)).chunkSizes(1).chunkDelay(Duration.ofMillis(200)));
		this.runner.withPropertyValues(bundle("mutual"))
			.withPropertyValues("completion.ssl.bundle=mutual")
			.run((context) -> {
				AtomicReference<Completion> streamed = new AtomicReference<>();
				List<Throwable> failures = new CopyOnWriteArrayList<>();
				context.getBean(CompletionClient.class)
					.stream((request) -> request.prompt(Prompt.human("Hi")))
					.as(Completion::join)
					.subscribe(streamed::set, failures::add);
				await(() -> this.server.requests().size() == 1);
				List<Completion> completed = new CopyOnWriteArrayList<>();
				Disposable traffic = traffic(context, 4).subscribe(completed::add, failures::add);
				await(() -> completed.size() > 20);
				write("second");
				await(() -> this.tunnel.clients().contains("CN=second"));
				int before = completed.size();
				await(() -> completed.size() > before + 20);
				assertThat(streamed).hasNullValue();
				await(() -> streamed.get() != null || !failures.isEmpty());
				traffic.dispose();
				assertThat(failures).isEmpty();
				assertThat(streamed.get().completion()).hasSize(40);
				assertThat(this.tunnel.clients()).endsWith("CN=second");
			});
	}

	private static Flux<Completion> traffic(ApplicationContext context, int concurrency) {
		return Flux.range(0, concurrency).flatMap((ignored) -> complete(context, "completionClient").repeat());
	}

	@Test
	void bundleOfTheFallBackIsReloadedToo() throws Exception {
		DefaultSslBundleRegistry bundles = new DefaultSslBundleRegistry("mutual", memoryBundle("first"));
		SslBundle second = memoryBundle("second");
		this.runner.withBean(DefaultSslBundleRegistry.class, () -> bundles)
			.withPropertyValues("spring.http.clients.ssl.bundle=mutual")
			.run((context) -> {
				complete(context, "completionClient").block(LIMIT);
				bundles.updateBundle("mutual", second);
				complete(context, "completionClient").block(LIMIT);
				assertThat(this.tunnel.clients()).containsExactly("CN=first", "CN=second");
			});
	}

	@Test
	void reloadedBundleLeavesNoPoolBehind() throws Exception {
		DefaultSslBundleRegistry bundles = new DefaultSslBundleRegistry("mutual", memoryBundle("first"));
		SslBundle[] others = { memoryBundle("second"), memoryBundle("third"), memoryBundle("fourth") };
		SimpleMeterRegistry meters = new SimpleMeterRegistry();
		Metrics.addRegistry(meters);
		this.runner.withBean(DefaultSslBundleRegistry.class, () -> bundles)
			.withPropertyValues("completion.ssl.bundle=mutual", "completion.pool.metrics=true",
					"completion.pool.max-idle-time=300ms")
			.run((context) -> {
				for (SslBundle other : others) {
					complete(context, "completionClient").block(LIMIT);
					bundles.updateBundle("mutual", other);
				}
				assertThat(pools(meters)).isGreaterThan(1);
				await(() -> pools(meters) == 0);
				assertThat(complete(context, "completionClient").block(LIMIT)).isNotNull();
			});
		Metrics.removeRegistry(meters);
	}

	private static int pools(SimpleMeterRegistry meters) {
		return meters.find("reactor.netty.connection.provider.total.connections").gauges().size();
	}

	@Test
	void bundleThatIsOfNoUseIsNotTakenUp(CapturedOutput output) throws Exception {
		DefaultSslBundleRegistry bundles = new DefaultSslBundleRegistry("mutual", memoryBundle("first"));
		this.runner.withBean(DefaultSslBundleRegistry.class, () -> bundles)
			.withPropertyValues("completion.ssl.bundle=mutual")
			.run((context) -> {
				bundles.updateBundle("mutual", bundleOf(KeyStore.getInstance("PKCS12")));
				assertThat(complete(context, "completionClient").block(LIMIT)).isNotNull();
				assertThat(output).contains("Could not use the reloaded SSL bundle 'mutual'");
			});
	}

	private SslBundle memoryBundle(String name) throws Exception {
		return bundleOf(certificate(name).toKeyStore(PASSWORD.toCharArray()));
	}

	private SslBundle bundleOf(KeyStore keys) throws Exception {
		return SslBundle.of(SslStoreBundle.of(keys, PASSWORD, this.authority.toKeyStore(PASSWORD.toCharArray())));
	}

	@Test
	void unknownBundleIsNamed() {
		this.runner.withPropertyValues(bundle("mutual"))
			.withPropertyValues("completion.ssl.bundle=mutal")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining(
						"The value of 'completion.ssl.bundle' is not valid: there is no SSL bundle 'mutal', only [mutual]."));
		this.runner.withPropertyValues(bundle("mutual"))
			.withPropertyValues("completion.clients.far.ssl.bundle=mutal")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("The value of 'completion.clients.far.ssl.bundle' is not valid"));
	}

}
