package com.example.compat;

import com.twilio.constant.EnumConstants;
import com.twilio.http.HttpMethod;
import com.twilio.http.NetworkHttpClient;
import com.twilio.http.Response;
import java.util.Arrays;
import java.util.Set;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.util.Timeout;

/** Twilio's library: what its generated classes call. */
final class TwilioProgram {
    private TwilioProgram() {}

    public static void main(String[] arguments) {
        Timeout patience = Timeout.of(Program.PATIENCE);
        NetworkHttpClient client = new NetworkHttpClient(
                RequestConfig.custom().setResponseTimeout(patience).build(),
                SocketConfig.custom().setSoTimeout(patience).build());
        Program.of(arguments, "Twilio", "twilio")
                .over("apache5")
                .calls("NetworkHttpClient", Set.of("GET", "POST", "PUT", "DELETE"), request -> call(client, request));
    }

    private static Reply call(NetworkHttpClient client, Request request) {
        com.twilio.http.Request call = new com.twilio.http.Request(
                HttpMethod.valueOf(request.method()), request.uri().toString());
        call.setAuth("account", "none");
        request.headers().forEach(call::addHeaderParam);
        if (request.body() != null) {
            call.setContentType(EnumConstants.ContentType.JSON);
            call.setBody(request.body());
        }
        Response response = client.makeRequest(call);
        Header[] headers = response.getHeaders();
        return new Reply(
                response.getStatusCode(),
                String.valueOf(response.getContent()),
                Arrays.stream(headers)
                        .filter(header -> header.getName().equalsIgnoreCase("X-Answer"))
                        .map(Header::getValue)
                        .findFirst()
                        .orElse(null));
    }
}
