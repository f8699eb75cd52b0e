package com.example.compat;

import com.github.scribejava.core.httpclient.jdk.JDKHttpClient;
import com.github.scribejava.core.httpclient.jdk.JDKHttpClientConfig;
import com.github.scribejava.core.model.Response;
import com.github.scribejava.core.model.Verb;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;

/** The HTTP client of ScribeJava. */
final class ScribeProgram {
    private ScribeProgram() {}

    public static void main(String[] arguments) {
        JDKHttpClient client = new JDKHttpClient(
                JDKHttpClientConfig.defaultConfig().withReadTimeout((int) Program.PATIENCE.toMillis()));
        Program.of(arguments, "ScribeJava", "scribejava-core")
                .calls("JDKHttpClient", Set.of("GET", "POST", "PUT", "DELETE"), request -> call(client, request));
    }

    private static Reply call(JDKHttpClient client, Request request)
            throws IOException, InterruptedException, ExecutionException {
        Map<String, String> headers = new LinkedHashMap<>(request.headers());
        if (request.body() != null) {
            headers.put("Content-Type", Request.JSON);
        }
        String body = request.body();
        try (Response response = client.execute(
                "a program",
                headers,
                Verb.valueOf(request.method()),
                request.uri().toString(),
                body == null ? "" : body)) {
            return new Reply(response.getCode(), String.valueOf(response.getBody()), response.getHeader("X-Answer"));
        }
    }
}
