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

package dev.completion.boot.health;

import java.util.Locale;

import dev.completion.client.error.AuthenticationException;
import dev.completion.client.error.BillingException;
import dev.completion.client.error.CallTimeoutException;
import dev.completion.client.error.CompletionClientException;
import dev.completion.client.error.ConnectionException;
import dev.completion.client.error.NotFoundException;
import dev.completion.client.error.OverloadedException;
import dev.completion.client.error.PermissionDeniedException;
import dev.completion.client.error.ServerException;
import dev.completion.client.error.StreamTruncatedException;
import org.jspecify.annotations.Nullable;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquirePendingLimitException;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquireTimeoutException;

import org.springframework.boot.health.contributor.Status;

/**
 * Why a call failed, where the service is to blame, or the account, or the way there.
 */
enum FailureReason {

	AUTHENTICATION(true),

	BILLING(true),

	ENDPOINT(true),

	OVERLOADED(false),

	SERVER(false),

	TIMEOUT(false),

	POOL(false),

	CONNECTION(false);

	private final boolean blocking;

	FailureReason(boolean blocking) {
		this.blocking = blocking;
	}

	/**
	 * Return whether only a person can mend it.
	 */
	boolean isBlocking() {
		return this.blocking;
	}

	/**
	 * Return the status of a service that fails for this reason alone.
	 */
	Status status() {
		return this.blocking ? Status.DOWN : Status.OUT_OF_SERVICE;
	}

	@Override
	public String toString() {
		return name().toLowerCase(Locale.ROOT);
	}

	/**
	 * Return the reason, or {@code null} if the failure says nothing of the service, such
	 * as that of a bad request.
	 */
	static @Nullable FailureReason of(CompletionClientException error) {
		if (error instanceof AuthenticationException || error instanceof PermissionDeniedException) {
			return AUTHENTICATION;
		}
		if (error instanceof BillingException) {
			return BILLING;
		}
		if (error instanceof NotFoundException notFound) {
			// "model: claude-2.1", as the vendor says it, is the caller's affair
			return notFound.apiMessage().toLowerCase(Locale.ROOT).contains("model") ? null : ENDPOINT;
		}
		if (error instanceof OverloadedException) {
			return OVERLOADED;
		}
		if (error instanceof ServerException) {
			return SERVER;
		}
		if (error instanceof CallTimeoutException) {
			return TIMEOUT;
		}
		if (isPoolFull(error.getCause())) {
			return POOL;
		}
		return (error instanceof ConnectionException || error instanceof StreamTruncatedException) ? CONNECTION : null;
	}

	private static boolean isPoolFull(@Nullable Throwable cause) {
		return cause instanceof PoolAcquireTimeoutException || cause instanceof PoolAcquirePendingLimitException;
	}

}
