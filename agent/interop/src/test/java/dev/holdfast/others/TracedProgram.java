package dev.holdfast.others;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Scope;
import java.io.File;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Scanner;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import net.bytebuddy.agent.ByteBuddyAgent;

/**
 * A program that calls with each client, and has spans of its own by OpenTelemetry's API. Does what the lines of its
 * standard input say, and answers each with one line:
 *
 * <ul>
 *   <li>{@code STYLE URI within}: calls within a span of its own; answers with the URI, its trace, its span, and what
 *       it saw
 *   <li>{@code STYLE URI without}: calls without one
 *   <li>{@code STYLE URI bare}: the same, and does not ask OpenTelemetry's API for anything, which finds an agent only
 *       if that was there at the first question
 *   <li>{@code sendAsync URI cancelled}: answers {@code sent}, and cancels the call's future at the next line
 *   <li>{@code pair URI URI}: two calls at a time, the second behind the first, each within a span of its own
 *   <li>{@code attach JAR ARGUMENT}: loads an agent
 * </ul>
 */
final class TracedProgram {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(Version.HTTP_1_1).build();

    private TracedProgram() {}

    public static void main(String[] arguments) throws Exception {
        Scanner commands = new Scanner(System.in);
        System.out.println("ready");
        while (commands.hasNextLine()) {
            String[] command = commands.nextLine().split(" ", 3);
            switch (command[0]) {
                case "pair" -> pair(URI.create(command[1]), URI.create(command[2]));
                case "attach" -> {
                    ByteBuddyAgent.attach(
                            new File(command[1]),
                            Long.toString(ProcessHandle.current().pid()),
                            command[2]);
                    System.out.println("attached");
                }
                default -> System.out.println(command[1] + " " + outcome(command, commands));
            }
        }
    }

    private static String outcome(String[] command, Scanner commands) throws Exception {
        URI uri = URI.create(command[1]);
        if (command[2].equals("bare")) {
            return "- - " + bare(command[0], uri);
        }
        if (command[2].equals("without")) {
            return "- - " + call(command[0], uri);
        }
        Span own = GlobalOpenTelemetry.getTracer("program").spanBuilder("own").startSpan();
        try (Scope scope = own.makeCurrent()) {
            return ids(own) + (command[2].equals("within") ? call(command[0], uri) : cancelled(uri, commands));
        } finally {
            own.end();
        }
    }

    private static String ids(Span span) {
        return span.getSpanContext().getTraceId() + " " + span.getSpanContext().getSpanId() + " ";
    }

    private static String call(String style, URI uri) throws Exception {
        return switch (style) {
            case "send" ->
                "" + CLIENT.send(request(uri), BodyHandlers.ofString()).statusCode();
            case "sendAsync" -> started(uri).get();
            case "url" -> "" + ((HttpURLConnection) uri.toURL().openConnection()).getResponseCode();
            default -> TracedLibraries.call(style, uri);
        };
    }

    private static String bare(String style, URI uri) throws Exception {
        return style.equals("sendAsync")
                ? ""
                        + CLIENT.sendAsync(request(uri), BodyHandlers.ofString())
                                .get()
                                .statusCode()
                : call(style, uri);
    }

    /** Gives also what the program's own continuation finds as the current span. */
    private static CompletableFuture<String> started(URI uri) {
        return CLIENT.sendAsync(request(uri), BodyHandlers.ofString())
                .thenApply(response -> response.statusCode() + " then "
                        + Span.current().getSpanContext().getSpanId());
    }

    private static void pair(URI one, URI two) throws InterruptedException, ExecutionException {
        Span first =
                GlobalOpenTelemetry.getTracer("program").spanBuilder("first").startSpan();
        Span second =
                GlobalOpenTelemetry.getTracer("program").spanBuilder("second").startSpan();
        CompletableFuture<String> firstCall;
        CompletableFuture<String> secondCall;
        try (Scope scope = first.makeCurrent()) {
            firstCall = started(one);
        }
        try (Scope scope = second.makeCurrent()) {
            secondCall = started(two);
        }
        System.out.println("sent");
        System.out.println(one + " " + ids(first) + firstCall.get());
        System.out.println(two + " " + ids(second) + secondCall.get());
        first.end();
        second.end();
    }

    private static String cancelled(URI uri, Scanner commands) {
        CompletableFuture<HttpResponse<String>> call = CLIENT.sendAsync(request(uri), BodyHandlers.ofString());
        System.out.println("sent");
        commands.nextLine();
        call.cancel(true);
        try {
            return "" + call.join().statusCode();
        } catch (CompletionException | CancellationException e) {
            return "cancelled";
        }
    }

    private static HttpRequest request(URI uri) {
        return HttpRequest.newBuilder(uri).build();
    }
}
