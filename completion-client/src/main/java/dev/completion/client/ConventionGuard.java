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

import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

import io.micrometer.common.KeyValues;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * Says what a convention of the application says, or what the default one does where that
 * fails. Micrometer asks a convention before it tells any handler, so a failure would
 * leave spans and active meters open.
 */
final class ConventionGuard implements CompletionObservationConvention {

	private static final Log logger = LogFactory.getLog(ConventionGuard.class);

	private final CompletionObservationConvention convention;

	private final AtomicBoolean failed = new AtomicBoolean();

	ConventionGuard(CompletionObservationConvention convention) {
		this.convention = convention;
	}

	@Override
	public String getName() {
		return value((convention) -> Objects.requireNonNullElse(convention.getName(),
				DefaultCompletionObservationConvention.NAME));
	}

	/**
	 * Return the contextual name, or the name, which is what handlers take in its place.
	 */
	@Override
	public String getContextualName(CompletionObservationContext context) {
		String name = value((convention) -> Objects.requireNonNullElse(convention.getContextualName(context), ""));
		return StringUtils.hasText(name) ? name : getName();
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(CompletionObservationContext context) {
		return value((convention) -> convention.getLowCardinalityKeyValues(context));
	}

	@Override
	public KeyValues getHighCardinalityKeyValues(CompletionObservationContext context) {
		return value((convention) -> convention.getHighCardinalityKeyValues(context));
	}

	private <R> R value(Function<CompletionObservationConvention, @Nullable R> value) {
		try {
			return Objects.requireNonNull(value.apply(this.convention));
		}
		catch (Throwable ex) {
			CallObservation.rethrowIfFatal(ex);
			if (this.failed.compareAndSet(false, true)) {
				logger.warn("Observation convention failed, the default one takes its place", ex);
			}
			return Objects.requireNonNull(value.apply(CallObservations.DEFAULT_CONVENTION));
		}
	}

}
