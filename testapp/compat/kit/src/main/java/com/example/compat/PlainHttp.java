package com.example.compat;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Calls through a {@code java.net.http.HttpClient}, whoever made that. */
public final class PlainHttp {
    private PlainHttp() {}

    /** The request. */
    public static HttpRequest request(Request request) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(request.uri()).timeout(Program.PATIENCE);
        request.headers().forEach(builder::header);
        if (request.body() == null) {
            builder.method(request.method(), BodyPublishers.noBody());
        } else {
            builder.header("Content-Type", Request.JSON);
            builder.method(request.method(), BodyPublishers.ofString(request.body()));
        }
        return builder.build();
    }

    /** {@code send}. */
    public static Reply send(HttpClient client, Request request) throws IOException, InterruptedException {
        return reply(client.send(request(request), BodyHandlers.ofString()));
    }

    /** {@code sendAsync}, waited for with a limit, and cancelled at that. */
    public static Reply sendAsync(HttpClient client, Request request)
            throws InterruptedException, ExecutionException, TimeoutException {
        var future = client.sendAsync(request(request), BodyHandlers.ofString());
        try {
            return reply(future.get(20, TimeUnit.SECONDS));
        } catch (TimeoutException e) {
            future.cancel(true);
            throw e;
        }
    }

    /** Returns what the program sees of a response. */
    public static Reply reply(HttpResponse<String> response) {
        return new Reply(
                response.statusCode(),
                response.body(),
                response.headers().firstValue("X-Answer").orElse(null));
    }
}
