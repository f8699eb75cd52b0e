package com.example.compat;

import java.io.IOException;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.ParseException;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.util.Timeout;

/** Apache HttpClient 5, classic, as it is by default (it retries by itself) and without retries of its own. */
final class Apache5Program {
    private Apache5Program() {}

    public static void main(String[] arguments) throws IOException {
        RequestConfig config = RequestConfig.custom()
                .setResponseTimeout(Timeout.of(Program.PATIENCE))
                .build();
        try (CloseableHttpClient byDefault =
                        HttpClients.custom().setDefaultRequestConfig(config).build();
                CloseableHttpClient once = HttpClients.custom()
                        .setDefaultRequestConfig(config)
                        .disableAutomaticRetries()
                        .build()) {
            Program.of(arguments, "Apache HttpClient 5", "httpclient5")
                    .over("apache5")
                    .calls("classic", request -> call(byDefault, request))
                    .calls("classic, no retries", request -> call(once, request));
        }
    }

    private static Reply call(CloseableHttpClient client, Request request) throws IOException {
        HttpUriRequestBase call = new HttpUriRequestBase(request.method(), request.uri());
        request.headers().forEach(call::setHeader);
        if (request.body() != null) {
            call.setEntity(new StringEntity(request.body(), ContentType.APPLICATION_JSON));
        }
        return client.execute(call, Apache5Program::reply);
    }

    private static Reply reply(ClassicHttpResponse response) throws IOException, ParseException {
        Header answer = response.getFirstHeader("X-Answer");
        String body = response.getEntity() == null ? "" : EntityUtils.toString(response.getEntity());
        return new Reply(response.getCode(), body, answer == null ? null : answer.getValue());
    }
}
