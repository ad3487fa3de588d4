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

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;

/**
 * Delays the failure of a write until there is nothing left to read. The server may have
 * rejected the request and closed the connection before its response was read.
 */
final class SendFailureHandler extends ChannelDuplexHandler {

	// each entry fails the promise of one write
	private final List<Runnable> failures = new ArrayList<>(0);

	private SendFailureHandler() {
	}

	static void install(ChannelPipeline pipeline) {
		pipeline.addAfter(NettyPipeline.HttpCodec, "completion.sendFailure", new SendFailureHandler());
	}

	@Override
	public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
		ChannelPromise sent = context.newPromise();
		sent.addListener((result) -> sent(context, promise, result.cause()));
		super.write(context, message, sent);
	}

	private void sent(ChannelHandlerContext context, ChannelPromise promise, @Nullable Throwable failure) {
		if (failure == null) {
			promise.trySuccess();
		}
		else if (failure instanceof IOException && context.channel().isActive()) {
			this.failures.add(() -> promise.tryFailure(failure));
			context.read();
		}
		else {
			promise.tryFailure(failure);
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) throws Exception {
		this.failures.forEach(Runnable::run);
		super.channelInactive(context);
	}

}
