package com.example.compat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import kong.unirest.core.ContentType;
import kong.unirest.core.HttpRequest;
import kong.unirest.core.HttpRequestWithBody;
import kong.unirest.core.HttpResponse;
import kong.unirest.core.Unirest;
import kong.unirest.core.UnirestInstance;

/** Unirest 4. */
final class UnirestProgram {
    private UnirestProgram() {}

    public static void main(String[] arguments) {
        UnirestInstance unirest = Unirest.spawnInstance();
        unirest.config().requestTimeout((int) Program.PATIENCE.toMillis());
        Program.of(arguments, "Unirest", "unirest-java-core")
                .calls("asString", request -> reply(prepared(unirest, request).asString()))
                .calls(
                        "asStringAsync",
                        request ->
                                reply(prepared(unirest, request).asStringAsync().get(20, TimeUnit.SECONDS)))
                .step("asString", "multipart", "ok", uri -> multipart(unirest, uri))
                .step(
                        "asString",
                        "gzip",
                        "gzip",
                        uri -> reply(unirest.get(uri.toString()).asString()))
                .step("asString", "stream", "large", uri -> streamed(unirest, uri));
        unirest.close();
    }

    private static HttpRequest<?> prepared(UnirestInstance unirest, Request request) {
        HttpRequestWithBody call =
                unirest.request(request.method(), request.uri().toString());
        request.headers().forEach(call::header);
        return request.body() == null
                ? call
                : call.header("Content-Type", Request.JSON).body(request.body());
    }

    private static Reply reply(HttpResponse<String> response) {
        String body = response.getBody();
        return new Reply(
                response.getStatus(),
                body == null ? "" : body,
                response.getHeaders().getFirst("X-Answer"));
    }

    @SuppressWarnings("deprecation") // as programs have it
    private static Reply multipart(UnirestInstance unirest, URI uri) {
        byte[] bytes = "upload".repeat(10_000).getBytes(StandardCharsets.UTF_8);
        return reply(unirest.post(uri.toString())
                .field("name", "value")
                .field("file", new ByteArrayInputStream(bytes), ContentType.APPLICATION_OCTET_STREAM, "file.bin")
                .boundary("the-boundary")
                .asString());
    }

    private static String streamed(UnirestInstance unirest, URI uri) {
        StringBuilder seen = new StringBuilder();
        unirest.get(uri.toString()).thenConsume(raw -> {
            try (InputStream content = raw.getContent()) {
                String text = new String(content.readAllBytes(), StandardCharsets.UTF_8);
                seen.append(raw.getStatus()).append(' ').append(text.length());
                seen.append(' ').append(text.hashCode());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return seen.toString();
    }
}
