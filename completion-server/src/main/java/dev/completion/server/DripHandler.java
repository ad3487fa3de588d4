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

package dev.completion.server;

import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.PendingWriteQueue;
import org.jspecify.annotations.Nullable;

/**
 * Sends what is written one byte at a time. What waits counts against the high-water mark
 * of the channel.
 */
final class DripHandler extends ChannelOutboundHandlerAdapter {

	private final PendingWriteQueue queue;

	private final long interval;

	private @Nullable Future<?> timer;

	DripHandler(Channel channel, Duration interval) {
		this.queue = new PendingWriteQueue(channel);
		this.interval = TimeUnit.NANOSECONDS.convert(interval);
	}

	@Override
	public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
		this.queue.add(message, promise);
		if (this.timer == null) {
			writeNext(ctx);
		}
	}

	@SuppressWarnings("FutureReturnValueIgnored") // the promise tells who waits for it
	private void writeNext(ChannelHandlerContext ctx) {
		if (!(this.queue.current() instanceof ByteBuf bytes)) {
			this.timer = null;
			return;
		}
		// before the write, which can end the answer and with it this handler
		this.timer = ctx.executor().schedule(() -> writeNext(ctx), this.interval, TimeUnit.NANOSECONDS);
		ByteBuf next = bytes.readRetainedSlice(Math.min(1, bytes.readableBytes()));
		ctx.writeAndFlush(next, bytes.isReadable() ? ctx.newPromise() : this.queue.remove());
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext ctx) {
		if (this.timer != null) {
			this.timer.cancel(false);
		}
		this.queue.removeAndFailAll(new ClosedChannelException());
	}

}
