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

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;

/**
 * Closes a connection on which a response arrives that no request asked for. Reactor
 * Netty would take it for the response to the next request.
 */
final class SurplusResponseHandler extends ChannelDuplexHandler {

	// a request was sent, and its response has not ended
	private boolean expecting;

	// the bytes that are being decoded
	private @Nullable ByteBuf reading;

	// there were more of them when a response ended
	private boolean bytesLeft;

	// the end of a response, held back until the bytes it came with are read: what else
	// is
	// in them cannot be the response to a later request
	private @Nullable Runnable end;

	private boolean refused;

	private SurplusResponseHandler() {
	}

	static void install(ChannelPipeline pipeline) {
		SurplusResponseHandler handler = new SurplusResponseHandler();
		pipeline.addBefore(NettyPipeline.HttpCodec, "completion.surplusBytes", handler.new BytesHandler());
		pipeline.addAfter(NettyPipeline.HttpCodec, "completion.surplusResponse", handler);
	}

	@Override
	public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
		if (message instanceof HttpRequest) {
			this.expecting = true;
		}
		super.write(context, message, promise);
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
		if (message instanceof HttpResponse && (!this.expecting || this.end != null)) {
			refuse(context);
		}
		if (this.refused) {
			ReferenceCountUtil.release(message);
		}
		else if (message instanceof LastHttpContent && this.reading != null) {
			// looked at now, since the codec continues with what is left
			this.bytesLeft = this.reading.isReadable();
			this.end = () -> context.fireChannelRead(message);
		}
		else {
			super.channelRead(context, message);
		}
	}

	/**
	 * Pass on the end of a response when all bytes are read that came with it. The
	 * connection is closed first if it cannot be used again, so that no other call uses
	 * it.
	 */
	private void end(ChannelHandlerContext context, Runnable end) {
		this.end = null;
		this.expecting = false;
		if (this.bytesLeft) {
			refuse(context);
		}
		end.run();
	}

	@SuppressWarnings("FutureReturnValueIgnored") // nobody waits for the end of it
	private void refuse(ChannelHandlerContext context) {
		this.refused = true;
		context.close();
	}

	/**
	 * Reads the bytes before they are decoded. Closes a connection on which bytes arrive
	 * though there was no request.
	 */
	private final class BytesHandler extends ChannelInboundHandlerAdapter {

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
			SurplusResponseHandler handler = SurplusResponseHandler.this;
			if (!handler.expecting) {
				ReferenceCountUtil.release(message);
				handler.refuse(context);
				return;
			}
			ByteBuf bytes = ((ByteBuf) message).retain();
			handler.reading = bytes;
			try {
				super.channelRead(context, message);
			}
			finally {
				handler.reading = null;
				bytes.release();
				Runnable end = handler.end;
				if (end != null) {
					handler.end(context, end);
				}
			}
		}

	}

}
