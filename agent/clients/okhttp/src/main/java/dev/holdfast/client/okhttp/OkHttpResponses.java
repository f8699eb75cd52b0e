package dev.holdfast.client.okhttp;

import dev.holdfast.exchange.LibraryTransport;
import dev.holdfast.exchange.ResponseHead;
import dev.holdfast.fallback.FallbackCandidate;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import okhttp3.MediaType;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;

/**
 * The responses of one call: how they are read, and made where what was received is not what the program gets.
 * {@link OkHttpTransport} extends it, since an object of its own would be one more for each call.
 */
abstract class OkHttpResponses implements LibraryTransport<Response> {
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;

    /** The program's request, as its application interceptors have left it. */
    final Request request;

    OkHttpResponses(Request request) {
        this.request = request;
    }

    @Override
    public ResponseHead head(Response response) {
        return new Heads.Head(response);
    }

    @Override
    public boolean mayBeStored(Attempt<Response> attempt, Response response) {
        return response.priorResponse() == null
                && response.cacheResponse() == null
                && response.networkResponse() != null
                && response.request().url().equals(request.url());
    }

    @Override
    public long bodyLength(Response response) {
        ResponseBody body = response.body();
        boolean none = body == null
                || response.request().method().equals("HEAD")
                || response.code() == NO_CONTENT
                || response.code() == NOT_MODIFIED;
        return none ? 0 : body.contentLength();
    }

    @Override
    public void close(Response response) {
        ResponseBody body = response.body();
        if (body != null) {
            body.close();
        }
    }

    @Override
    public Response watchBody(Response response, long length, Consumer<IOException> broken) {
        return StreamBody.watched(response, length, broken);
    }

    @Override
    public Response wrapBody(Response response, UnaryOperator<InputStream> wrapper) {
        return StreamBody.in(response, wrapper);
    }

    @Override
    public Response withBody(Response response, InputStream body) {
        ResponseBody before = response.body();
        MediaType type = before == null ? null : before.contentType();
        long length = before == null ? -1 : before.contentLength();
        return response.newBuilder().body(StreamBody.of(type, length, body)).build();
    }

    @Override
    public Response synthetic(FallbackCandidate.Response found) {
        Response.Builder builder = new Response.Builder()
                .request(request)
                .protocol(Protocol.HTTP_1_1)
                .code(found.status())
                .message("")
                .headers(Heads.of(found.headers()));
        List<String> types = Heads.values(found.headers(), "Content-Type");
        MediaType type = types.isEmpty() ? null : MediaType.parse(types.get(0));
        byte[] bytes =
                request.method().equals("HEAD") ? new byte[0] : found.body().bytes();
        return builder.body(StreamBody.of(type, bytes.length, new ByteArrayInputStream(bytes)))
                .build();
    }

    @Override
    public Response withHeaders(Response response, Map<String, List<String>> headers) {
        return response.newBuilder().headers(Heads.of(headers)).build();
    }

    /** The response with the program's request in place of the one that was sent for it. */
    Response asked(Response response, Request sent) {
        return sent == request || response.request() != sent
                ? response
                : response.newBuilder().request(request).build();
    }
}
