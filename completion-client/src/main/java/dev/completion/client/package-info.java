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

/*
 * The types of this package by group. CONTRIBUTING.md describes how a call passes through
 * them. The API and its implementation share a package, so that the implementation does
 * not have to be public. The exceptions are in the subpackage "error".
 *
 * API types: CompletionClient, CompletionRequest, Prompt, PromptTemplate, Model, Completion,
 * CompletionResponse, StopReason, Usage, RateLimits, ModelInfo, CompletionApi, Credential,
 * CredentialProvider, MissingCredentialException, Timeouts, RetryPolicy, Pacing, Limits,
 * CallListener.
 *
 * Client (creates the other objects from its settings): DefaultCompletionClient,
 * DefaultCompletionClientBuilder, ClientSettings, ClientResources, BaseUrl, CustomHeaders,
 * MemoizedSupplier.
 *
 * Call (from the first attempt to the last): Call, CallRunner, CallRetry, RetryBudget,
 * CallSubscriber, ActiveCalls, CallListeners, Route, CompletionRoute, Deadline,
 * DeadlineScheduler, InterposedFlux, FatalErrors.
 *
 * API selection (which of the two APIs serves a model): ApiSelector, ApiDiscovery,
 * ApiErrorClassifier.
 *
 * Pacing (delays requests under a rate limit): CallPacing, Pacers, Pacer, PacedRequest,
 * PacingGate, PacingTimer, PacedRate, RateLimitMirror.
 *
 * Attempt and transport (one HTTP request and its response): Attempt, AttemptFailure,
 * Transport, TransportFailures, ApiRequest, ClientRequestView, ApiResponse,
 * ApiErrorReader, ApiErrorDescription, PromptRedactor, UnescapedText, SecretRedactor,
 * BodyFormat, BodyCollector, GzipMemberInputStream, RetryAfter, Connections,
 * InterimResponseHandler, SurplusResponseHandler, SendFailureHandler, NotTlsHandler.
 *
 * Stream (from bytes to events): EventStreamSubscriber, EventStreamReader, SseDecoder,
 * IdleTimer.
 *
 * Protocols (the JSON of the two APIs): Protocol, RequestWriter, TextCompletionWriter,
 * MessageWriter, PromptParts, TemplateText, CompletionReader, TextCompletionReader, MessageReader,
 * ModelReader, TokenCounter, RepeatedEvent, JsonString, JsonValues, PropertyCollector, Utf8,
 * UnreadableException.
 *
 * Observation (traces and meters): CallEvents, CallObservations, CallObservation,
 * CompletionObservationContext, CompletionObservationConvention,
 * DefaultCompletionObservationConvention, CompletionObservationDocumentation,
 * CompletionMeterObservationHandler, CompletionClientMetrics, ModelTags, ServerAddress.
 */

/**
 * Reactive client for completion-style access to Claude. Start with
 * {@link dev.completion.client.CompletionClient}.
 */
@NullMarked
package dev.completion.client;

import org.jspecify.annotations.NullMarked;
