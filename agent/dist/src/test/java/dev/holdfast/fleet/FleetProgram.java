package dev.holdfast.fleet;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import javax.management.InstanceNotFoundException;
import javax.management.ObjectName;

/** An ordinary program that makes the calls that its standard input asks for, one line each. */
final class FleetProgram {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private static final Standstill STANDSTILL = new Standstill();

    private FleetProgram() {}

    public static void main(String[] arguments) throws Exception {
        URI base = URI.create(arguments[0]);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ", -1);
            System.out.println(line + " -> "
                    + switch (words[0]) {
                        case "GET", "POST" -> onceOrFailure(words[0], base.resolve(words[1]));
                        case "STANDSTILL" -> STANDSTILL.longestNanos();
                        case "OPEN" -> open(base.resolve(words[1]));
                        case "LOAD" -> many(base.resolve(words[1]), Long.parseLong(words[2]));
                        case "STATUS" -> status(words[1]);
                        default -> "?";
                    });
        }
    }

    private static String onceOrFailure(String method, URI uri) throws Exception {
        try {
            return once(method, uri);
        } catch (IOException e) {
            return e.getClass().getSimpleName();
        }
    }

    private static String once(String method, URI uri) throws Exception {
        HttpResponse<String> response = CLIENT.send(
                HttpRequest.newBuilder(uri)
                        .header("Authorization", "Bearer s3cret-of-a-caller")
                        .method(method, method.equals("POST") ? BodyPublishers.ofString("x") : BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
        return response.statusCode() + " " + response.body() + " "
                + response.headers().firstValue("Holdfast-Fallback").orElse("live")
                + (response.headers().firstValue("Age").isPresent() ? " with age" : "");
    }

    /** Calls until a call is rejected. */
    private static String open(URI uri) throws Exception {
        for (int calls = 0; calls < 100; calls++) {
            try {
                String unused = once("GET", uri);
            } catch (ConnectException e) {
                return "rejected after " + calls;
            }
        }
        return "never rejected";
    }

    /** Calls for some milliseconds, one after the other. */
    private static String many(URI uri, long millis) {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        int calls = 0;
        int lost = 0;
        long slowest = 0;
        while (System.nanoTime() - until < 0) {
            long began = System.nanoTime();
            calls++;
            try {
                if (!once("GET", uri).startsWith("200 ")) {
                    lost++;
                }
            } catch (Exception e) {
                lost++;
            }
            slowest = Math.max(slowest, System.nanoTime() - began);
        }
        return calls + " calls, " + lost + " lost, slowest " + TimeUnit.NANOSECONDS.toMicros(slowest) + " us";
    }

    private static String status(String part) throws Exception {
        String json;
        try {
            json = (String) ManagementFactory.getPlatformMBeanServer()
                    .invoke(new ObjectName("dev.holdfast:type=Holdfast"), "statusJson", null, null);
        } catch (InstanceNotFoundException e) {
            return "nothing yet";
        }
        int at = json.indexOf('"' + part + "\":");
        return at < 0 ? "nothing" : json.substring(at, Math.min(json.length(), at + 300));
    }
}
