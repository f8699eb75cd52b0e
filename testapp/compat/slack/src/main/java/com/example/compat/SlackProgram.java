package com.example.compat;

import com.slack.api.Slack;
import com.slack.api.SlackConfig;
import com.slack.api.webhook.WebhookResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import okhttp3.Response;

/** Slack's SDK: webhooks (POST, without a key), and the client that its methods go through. */
final class SlackProgram {
    private SlackProgram() {}

    public static void main(String[] arguments) throws Exception {
        SlackConfig config = new SlackConfig();
        config.setHttpClientReadTimeoutMillis((int) Program.PATIENCE.toMillis());
        Slack slack = Slack.getInstance(config);
        Program.of(arguments, "Slack", "slack-api-client")
                .over("okhttp")
                .calls("webhook and client", Set.of("GET", "POST"), request -> call(slack, request));
        slack.close();
    }

    private static Reply call(Slack slack, Request request) throws IOException {
        String url = request.uri().toString();
        if (request.method().equals("POST")) {
            WebhookResponse response = slack.send(url, request.text());
            return Reply.of(response.getCode(), response.getBody() == null ? "" : response.getBody());
        }
        try (Response response = slack.getHttpClient().get(url, Map.of(), null)) {
            return new Reply(response.code(), response.body().string(), response.header("X-Answer"));
        }
    }
}
