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

import java.time.Instant;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What the server tells of a model.
 *
 * @param id the model's id
 * @param displayName its name for people; the id if the server sent none
 * @param createdAt when it was released, or {@code null} if the server does not say
 * @param maxInputTokens the most input tokens it takes, or {@code null} if the server
 * does not say
 * @param maxTokens the most tokens it produces, or {@code null} if the server does not
 * say
 * @param lifecycle the stage of its life, such as {@code active} or {@code retired}; the
 * set is open; {@code null} if the server does not say
 * @param deprecatedAt when it was deprecated, or {@code null} if it was not, or the
 * server does not say
 * @param retiresAt when it is to be retired, as far as that is planned, or {@code null}
 * @param line the line of models that it belongs to, such as {@code opus}, or
 * {@code null}
 * @param additionalProperties what else the server sent, by its name on the wire; not
 * modifiable
 * @since 0.1.0
 */
public record ModelInfo(String id, String displayName, @Nullable Instant createdAt, @Nullable Long maxInputTokens,
		@Nullable Long maxTokens, @Nullable String lifecycle, @Nullable Instant deprecatedAt,
		@Nullable Instant retiresAt, @Nullable String line, Map<String, Object> additionalProperties) {
}
