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

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import dev.completion.client.error.CallTimeoutException.Phase;
import io.netty.buffer.PooledByteBufAllocator;
import org.junit.jupiter.api.Test;
import reactor.test.publisher.TestPublisher;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.function.client.ClientResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ApiResponse}.
 */
class ApiResponseTests {

	private final NettyDataBufferFactory buffers = new NettyDataBufferFactory(PooledByteBufAllocator.DEFAULT);

	// a buffer of one byte takes far more memory than that byte
	@Test
	void jsonReleasesEachBufferAsItArrives() {
		TestPublisher<DataBuffer> body = TestPublisher.create();
		ClientResponse response = ClientResponse.create(HttpStatus.OK)
			.header("content-type", "application/json")
			.body(body.flux())
			.build();
		List<String> read = new ArrayList<>();
		new ApiResponse(response, new ApiErrorReader(JsonMapper.shared(), 1024), Limits.defaults(),
				new Deadline(Phase.RESPONSE, null))
			.json((json) -> new String(json, StandardCharsets.UTF_8))
			.subscribe(read::add);
		for (String part : List.of("a", "b", "c")) {
			NettyDataBuffer buffer = this.buffers.allocateBuffer(1);
			buffer.write(part, StandardCharsets.UTF_8);
			body.next(buffer);
			assertThat(buffer.getNativeBuffer().refCnt()).isZero();
		}
		body.complete();
		assertThat(read).containsExactly("abc");
	}

}
