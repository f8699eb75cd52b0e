package com.example.compat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.java11.instrument.binder.jdk.MicrometerHttpClient;
import java.net.http.HttpClient;
import java.util.stream.Collectors;

/** Micrometer's {@code HttpClient} around another: one call passes two clients, and is counted by the outer one. */
final class MicrometerProgram {
    private MicrometerProgram() {}

    public static void main(String[] arguments) {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        HttpClient plain = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
        HttpClient client = MicrometerHttpClient.instrumentationBuilder(plain, meters)
                .uriMapper(request -> "any")
                .build();
        Program.of(arguments, "Micrometer", "micrometer-java11")
                .calls("MicrometerHttpClient.send", request -> PlainHttp.send(client, request))
                .step("MicrometerHttpClient.send", "counted", "ok", uri -> counted(meters))
                .calls("MicrometerHttpClient.sendAsync", request -> PlainHttp.sendAsync(client, request));
    }

    private static String counted(SimpleMeterRegistry meters) {
        return meters.find("http.client.requests").timers().stream()
                .map(timer -> timer.getId().getTag("status"))
                .distinct()
                .sorted()
                .collect(Collectors.joining(" "));
    }
}
