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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import dev.completion.client.error.AuthenticationException;
import dev.completion.client.error.CompletionClientException;
import dev.completion.client.error.Outcome;
import dev.completion.client.error.OverloadedException;
import dev.completion.server.Reply;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionClient}: when it asks for a credential, and what it does
 * when the server refuses one.
 */
class CompletionClientCredentialTests extends AbstractCompletionClientTests {

	private static Reply overloaded() {
		return Reply.error(529, "overloaded_error", "Overloaded");
	}

	private static Reply unauthorized() {
		return Reply.error(401, "authentication_error", "invalid x-api-key");
	}

	private CompletionClient with(CredentialProvider provider, int maxRetries) {
		return this.client.mutate()
			.credential(provider)
			.retry(RetryPolicy.builder().maxRetries(maxRetries).delay(Duration.ofMillis(1)).build())
			.build();
	}

	private Stream<String> keysSent() {
		return this.server.requests().stream().map((request) -> request.headers().get("x-api-key").get(0));
	}

	@Test
	void credentialIsAskedForAtEveryAttempt() {
		AtomicInteger number = new AtomicInteger();
		Mono<Credential> rotating = Mono.fromSupplier(() -> Credential.apiKey("key-" + number.incrementAndGet()));
		this.server.enqueue(overloaded(), overloaded(), Reply.text(" Hi"), overloaded(), Reply.text(" Hi"));
		try (CompletionClient other = with(() -> rotating, 2)) {
			assertThat(other.exchange(REQUEST).block(LIMIT).attempts()).isEqualTo(3);
			assertThat(other.exchangeStream(REQUEST).blockLast(LIMIT).attempts()).isEqualTo(2);
		}
		assertThat(keysSent()).containsExactly("key-1", "key-2", "key-3", "key-4", "key-5");
	}

	@Test
	void credentialOfEveryAttemptIsThatOfTheCallersContext() {
		Mono<Credential> ofTenant = Mono.deferContextual((context) -> Mono.just(Credential.apiKey(context.get("key"))));
		this.server.enqueue(overloaded(), Reply.text(" Hi"), overloaded(), Reply.text(" Hi"));
		try (CompletionClient other = with(() -> ofTenant, 2)) {
			other.complete(REQUEST).contextWrite(Context.of("key", "key-a")).block(LIMIT);
			other.stream(REQUEST).contextWrite(Context.of("key", "key-b")).blockLast(LIMIT);
		}
		assertThat(keysSent()).containsExactly("key-a", "key-a", "key-b", "key-b");
	}

	@Tag("C2")
	@Test
	void refusedCredentialIsRenewedOnce() {
		List<Credential> keys = new ArrayList<>(Stream.of("old", "older", KEY).map(Credential::apiKey).toList());
		List<Credential> all = List.copyOf(keys);
		List<Credential> refused = new ArrayList<>();
		CredentialProvider provider = provider(Mono.fromSupplier(() -> keys.get(0)), (credential) -> {
			refused.add(credential);
			keys.remove(0);
			return true;
		});
		try (CompletionClient rotating = with(provider, 0)) {
			AuthenticationException ex = failure(AuthenticationException.class, rotating.complete(REQUEST).flux());
			assertThat(ex.attempts()).isEqualTo(2);
			assertThat(ex.getSuppressed()).hasSize(1).hasOnlyElementsOfType(AuthenticationException.class);
			assertThat(refused).containsExactly(all.get(0));
			assertThat(rotating.exchange(REQUEST).block(LIMIT).attempts()).isEqualTo(2);
			assertThat(refused).containsExactly(all.get(0), all.get(1));
			assertThat(rotating.exchangeStream(REQUEST).blockLast(LIMIT).attempts()).isOne();
		}
		assertThat(keysSent()).containsExactly("old", "older", "older", KEY, KEY);
	}

	@Test
	void refusedCredentialOfAStreamIsRenewed() {
		this.server.enqueue(unauthorized());
		try (CompletionClient other = with(provider(Mono.just(Credential.apiKey(KEY)), (credential) -> true), 0)) {
			assertThat(other.exchangeStream(REQUEST).blockLast(LIMIT).attempts()).isEqualTo(2);
		}
	}

	@Test
	void credentialThatIsRefusedInMidStreamIsNotRenewed() {
		this.server.enqueue(Reply.events(delta() + """
				event: error
				data: {"type":"error","error":{"type":"authentication_error","message":"expired"}}

				"""));
		try (CompletionClient other = with(provider(Mono.just(Credential.apiKey(KEY)), (credential) -> true), 2)) {
			AuthenticationException ex = failure(AuthenticationException.class, other.stream(REQUEST));
			assertThat(ex.partialText()).isEqualTo(" Hello");
			assertThat(this.server.requests()).hasSize(1);
		}
	}

	@Tag("C2")
	@Test
	void refusedCredentialThatCannotBeRenewedIsFinal() {
		AtomicInteger invalidations = new AtomicInteger();
		this.server.enqueue(unauthorized(), Reply.error(403, "permission_error", "x"));
		try (CompletionClient other = with(provider(Mono.just(Credential.apiKey(KEY)), (credential) -> {
			invalidations.incrementAndGet();
			return false;
		}), 2)) {
			assertThat(failure(AuthenticationException.class, other.stream(REQUEST)).attempts()).isOne();
			assertThat(failure(CompletionClientException.class, other.stream(REQUEST)).attempts()).isOne();
			assertThat(invalidations).hasValue(1);
			assertThat(this.server.requests()).hasSize(2);
		}
	}

	@Test
	void renewalOfACredentialTakesNothingFromTheRetries() {
		this.server.enqueue(overloaded(), unauthorized(), overloaded(), overloaded());
		try (CompletionClient other = with(provider(Mono.just(Credential.apiKey(KEY)), (credential) -> true), 2)) {
			OverloadedException ex = failure(OverloadedException.class, other.stream(REQUEST));
			assertThat(ex.attempts()).isEqualTo(4);
			assertThat(ex.getSuppressed()).hasSize(3);
			assertThat(this.server.requests()).hasSize(4);
		}
	}

	@Test
	void renewalOfCredentialsWorksWhenTheBudgetIsSpent() {
		try (CompletionClient other = with(provider(Mono.just(Credential.apiKey(KEY)), (credential) -> true), 2)) {
			for (int i = 0; i < 10; i++) {
				this.server.reset();
				this.server.enqueue(overloaded(), overloaded(), overloaded());
				failure(OverloadedException.class, other.stream(REQUEST));
			}
			assertThat(this.server.requests()).hasSize(1);
			this.server.reset();
			this.server.enqueue(unauthorized());
			assertThat(other.exchange(REQUEST).block(LIMIT).attempts()).isEqualTo(2);
		}
	}

	@Test
	void credentialThatFailsIsNotAskedForAgain() {
		AtomicInteger asked = new AtomicInteger();
		Mono<Credential> failing = Mono.error(() -> new IllegalStateException("vault " + asked.incrementAndGet()));
		try (CompletionClient other = with(() -> failing, 2)) {
			CompletionClientException ex = failure(CompletionClientException.class, other.stream(REQUEST));
			assertThat(ex.outcome()).isEqualTo(Outcome.NOT_SENT);
			assertThat(ex.attempts()).isZero();
			assertThat(ex).hasRootCauseMessage("vault 1");
			assertThat(this.server.requests()).isEmpty();
		}
	}

	@Test
	void providerThatThrowsOrReturnsNothingIsTold() {
		CredentialProvider throwing = () -> {
			throw new AssertionError("mine");
		};
		CredentialProvider lackingAClass = () -> {
			throw new NoClassDefFoundError("Vault");
		};
		for (CredentialProvider provider : List.of(throwing, lackingAClass, () -> null,
				() -> Mono.error(new AssertionError("mine")), () -> Mono.error(new NoClassDefFoundError("Vault")),
				() -> Mono.error(() -> new IllegalStateException("vault")))) {
			try (CompletionClient other = with(provider, 2)) {
				for (Flux<?> call : List.of(other.stream(REQUEST), other.complete(REQUEST).flux())) {
					assertThat(failure(CompletionClientException.class, call))
						.hasMessageContaining("credential provider")
						.returns(Outcome.NOT_SENT, CompletionClientException::outcome);
				}
			}
		}
		assertThat(this.server.requests()).isEmpty();
	}

	@Test
	void providerThatLacksAClassWhenItIsAskedIsTold() {
		CredentialProvider provider = () -> Mono.fromCallable(() -> {
			throw new NoClassDefFoundError("Vault");
		});
		try (CompletionClient other = with(provider, 2)) {
			for (Flux<?> call : List.of(other.stream(REQUEST), other.complete(REQUEST).flux())) {
				assertThat(failure(CompletionClientException.class, call))
					.hasRootCauseInstanceOf(NoClassDefFoundError.class)
					.returns(Outcome.NOT_SENT, CompletionClientException::outcome);
			}
		}
		assertThat(this.server.requests()).isEmpty();
	}

	@Test
	void providerOfNothingSendsNoCredential() {
		for (Mono<Credential> nothing : List.<Mono<Credential>>of(Mono.empty(), Mono.fromRunnable(() -> {
		}))) {
			try (CompletionClient other = with(() -> nothing, 0)) {
				failure(AuthenticationException.class, other.stream(REQUEST));
			}
		}
		assertThat(this.server.requests()).hasSize(2)
			.allSatisfy((request) -> assertThat(request.headers()).doesNotContainKeys("x-api-key", "authorization"));
	}

	@Test
	void credentialThatFailsAtARetryTellsOfTheAttemptBefore() {
		AtomicInteger asked = new AtomicInteger();
		Mono<Credential> failing = Mono.fromSupplier(() -> {
			if (asked.incrementAndGet() > 1) {
				throw new IllegalStateException("vault");
			}
			return Credential.apiKey(KEY);
		});
		this.server.enqueue(overloaded());
		try (CompletionClient other = with(() -> failing, 2)) {
			CompletionClientException ex = failure(CompletionClientException.class, other.stream(REQUEST));
			assertThat(ex).hasRootCauseMessage("vault");
			assertThat(ex.getSuppressed()).hasSize(1).hasOnlyElementsOfType(OverloadedException.class);
			assertThat(ex.attempts()).isOne();
			assertThat(ex.outcome()).isEqualTo(Outcome.REJECTED);
		}
	}

	@Test
	void invalidationThatFailsEndsTheCall() {
		this.server.enqueue(unauthorized());
		try (CompletionClient other = with(provider(Mono.just(Credential.apiKey(KEY)), (credential) -> {
			throw new IllegalStateException("vault");
		}), 2)) {
			CompletionClientException ex = failure(CompletionClientException.class, other.stream(REQUEST));
			assertThat(ex).hasRootCauseMessage("vault");
			assertThat(ex.getSuppressed()).hasSize(1).hasOnlyElementsOfType(AuthenticationException.class);
			assertThat(ex.attempts()).isOne();
			assertThat(ex.outcome()).isEqualTo(Outcome.REJECTED);
			assertThat(this.server.requests()).hasSize(1);
		}
	}

}
