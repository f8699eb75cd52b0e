package com.example.compat;

import java.io.IOException;
import org.apache.http.Header;
import org.apache.http.HttpResponse;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.RequestBuilder;
import org.apache.http.entity.ContentType;
import org.apache.http.entity.StringEntity;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.HttpClients;
import org.apache.http.util.EntityUtils;

/** Apache HttpClient 4, as it is by default (it retries I/O errors by itself) and without retries of its own. */
final class Apache4Program {
    private Apache4Program() {}

    public static void main(String[] arguments) throws IOException {
        RequestConfig config = RequestConfig.custom()
                .setSocketTimeout((int) Program.PATIENCE.toMillis())
                .build();
        try (CloseableHttpClient byDefault =
                        HttpClients.custom().setDefaultRequestConfig(config).build();
                CloseableHttpClient once = HttpClients.custom()
                        .setDefaultRequestConfig(config)
                        .disableAutomaticRetries()
                        .build()) {
            Program.of(arguments, "Apache HttpClient 4", "httpclient")
                    .over("apache4")
                    .calls("classic", request -> call(byDefault, request))
                    .calls("classic, no retries", request -> call(once, request));
        }
    }

    private static Reply call(CloseableHttpClient client, Request request) throws IOException {
        RequestBuilder call = RequestBuilder.create(request.method()).setUri(request.uri());
        request.headers().forEach(call::setHeader);
        if (request.body() != null) {
            call.setEntity(new StringEntity(request.body(), ContentType.APPLICATION_JSON));
        }
        return client.execute(call.build(), Apache4Program::reply);
    }

    private static Reply reply(HttpResponse response) throws IOException {
        Header answer = response.getFirstHeader("X-Answer");
        String body = response.getEntity() == null ? "" : EntityUtils.toString(response.getEntity());
        return new Reply(response.getStatusLine().getStatusCode(), body, answer == null ? null : answer.getValue());
    }
}
