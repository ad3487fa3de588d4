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
 * Closes a connection on which an unsolicited response arrives. Otherwise, Reactor Netty
 * would treat it as the response to the next request.
 */
final class SurplusResponseHandler extends ChannelDuplexHandler {

	// a request was sent, and its response has not ended
	private boolean expecting;

	// an interim response is being read, whose end is not that of the response
	private boolean interim;

	// the bytes that are being decoded
	private @Nullable ByteBuf reading;

	// whether bytes were left when the response ended
	private boolean bytesLeft;

	// the end of a response, deferred until its buffer is decoded: what follows in this
	// buffer cannot be the response to a later request
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
		if (message instanceof HttpResponse response) {
			this.interim = InterimResponseHandler.isInterim(response);
			if (!this.expecting || this.end != null) {
				refuse(context);
			}
		}
		if (this.refused) {
			ReferenceCountUtil.release(message);
		}
		else if (message instanceof LastHttpContent && !this.interim && this.reading != null) {
			// checked here, because the codec continues with the remaining bytes
			this.bytesLeft = this.reading.isReadable();
			this.end = () -> context.fireChannelRead(message);
		}
		else {
			super.channelRead(context, message);
		}
	}

	/**
	 * Pass on the end of a response after all bytes that arrived with it have been read.
	 * A connection that cannot be reused is closed first, so that no other call uses it.
	 */
	private void end(ChannelHandlerContext context, Runnable end) {
		this.end = null;
		this.expecting = false;
		if (this.bytesLeft) {
			refuse(context);
		}
		end.run();
	}

	@SuppressWarnings("FutureReturnValueIgnored") // the result is not needed
	private void refuse(ChannelHandlerContext context) {
		this.refused = true;
		context.close();
	}

	/**
	 * Reads the bytes before they are decoded. Closes the connection if bytes arrive
	 * without a pending request.
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
