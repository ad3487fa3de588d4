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

package dev.completion.boot;

import dev.completion.client.CompletionClient;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.context.bean.override.mockito.MockitoBean;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that an application can mock the client, without a credential.
 */
@EnableAutoConfiguration
@SpringBootTest(classes = MockedClientTests.class, webEnvironment = WebEnvironment.NONE)
class MockedClientTests {

	@MockitoBean
	CompletionClient client;

	@Autowired
	CompletionClient injected;

	@Test
	void clientIsTheMock() {
		assertThat(this.injected).isSameAs(this.client);
		assertThat(Mockito.mockingDetails(this.injected).isMock()).isTrue();
	}

}
