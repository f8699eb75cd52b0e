package dev.holdfast.others;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.others.OtherAgent.Order;
import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.ForkedJvm.Result;
import dev.holdfast.testkit.Jdks;
import dev.holdfast.testkit.Jdks.Jdk;
import dev.holdfast.testkit.ReceivedRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * OpenTelemetry's and Datadog's agents beside ours, with the libraries that programs bring along. A tracer sees what is
 * below the place where it watches. OpenTelemetry's watches the network interceptors of OkHttp: each attempt is a
 * client span of its own. It watches the public {@code execute} of Apache HttpClient, above all attempts: they are
 * within the one span of their call, as those are that the library makes by itself, and carry its context. Datadog's
 * watches both libraries above the attempts. In the program's trace are all of them, and its callbacks go on within its
 * span.
 */
class LibraryTracersIT {
    private static final List<String> STYLES = List.of("okhttp", "okhttpAsync", "apache5", "apache4");

    @TempDir
    Path directory;

    private final SoftAssertions softly = new SoftAssertions();
    private final List<Made> calls = new ArrayList<>();

    /** A call that was made, the program's account of it, and the requests that it should have cost. */
    private record Made(String style, String path, String said, int requests) {
        String trace() {
            return said.split(" ")[1];
        }

        String span() {
            return said.split(" ")[2];
        }

        boolean hasSpanPerAttempt() {
            return style.startsWith("okhttp");
        }

        /** The program's own callback finds the program's own span. */
        String expected() {
            String continued = span().equals("-") ? "0000000000000000" : span();
            return style.equals("okhttpAsync") ? "200 then " + continued : "200";
        }
    }

    static Stream<Arguments> jdksAndOrders() {
        return Jdks.all().stream().flatMap(jdk -> Stream.of(Order.values()).map(order -> Arguments.of(jdk, order)));
    }

    @ParameterizedTest
    @MethodSource("jdksAndOrders")
    void attempts_have_spans_of_opentelemetry_in_the_trace_of_the_program(Jdk jdk, Order order) throws IOException {
        try (Service service = new Service();
                Conversation program = started(OtherAgent.OPENTELEMETRY, jdk, order, service)) {
            everyWay(service, program);
            Result result = program.end();
            TracerSpans spans = new TracerSpans(result.err());
            for (Made call : calls) {
                List<ReceivedRequest> requests = served(service, call);
                softly.assertThat(requests.stream()
                                .map(request -> parent(request)[2])
                                .distinct())
                        .as(call.path())
                        .hasSize(call.hasSpanPerAttempt() ? call.requests() : 1);
                for (ReceivedRequest request : requests) {
                    softly.assertThat(spans.find(parent(request)[2]))
                            .as("the span of a request for %s", call)
                            .matches(span -> span.trace().equals(parent(request)[1]) && span.client())
                            .matches(span -> call.span().equals("-")
                                    ? span.parent().isEmpty()
                                    : span.parent().equals(call.span())
                                            && span.trace().equals(call.trace()));
                }
            }
            softly.assertThat(result.err()).doesNotContain("[holdfast] inside", "VerifyError");
        }
        softly.assertAll();
    }

    @ParameterizedTest
    @MethodSource("jdksAndOrders")
    void calls_are_served_beside_datadog_in_the_trace_of_the_program(Jdk jdk, Order order) throws IOException {
        try (Service service = new Service();
                Conversation program = started(OtherAgent.DATADOG, jdk, order, service)) {
            everyWay(service, program);
            assertThat(program.end().err()).contains("[holdfast]").doesNotContain("[holdfast] cannot", "VerifyError");
            for (Made call : calls) {
                softly.assertThat(served(service, call).stream()
                                .map(request -> parent(request)[1])
                                .distinct())
                        .as("the trace of %s", call)
                        .hasSize(1)
                        .allMatch(trace -> call.trace().equals("-") || trace.equals(call.trace()));
            }
        }
        softly.assertAll();
    }

    private Conversation started(OtherAgent other, Jdk jdk, Order order, Service service) throws IOException {
        Conversation program = Conversation.with(
                order.agents(new ForkedJvm(jdk).jvm(other.settings()), service.policy(directory), other.jar()));
        program.awaitOurs();
        return program;
    }

    private void everyWay(Service service, Conversation program) {
        for (String style : STYLES) {
            call(program, service, style, "/" + style + "/fails2", 3);
            call(program, service, style, "/timed/" + style + "/fails1", 2);
            call(program, service, style, "/hedged/" + style + "/hangs", 2);
            call(program, service, style, "/answered/" + style + "/fails9", 2);
        }
        // Last: whatever was left behind on a thread would be theirs.
        for (String style : STYLES) {
            String path = "/" + style + "/without/fails1";
            String said = program.tell(style + " " + service.uri(path) + " without");
            calls.add(new Made(style, path, said, 2));
        }
    }

    private void call(Conversation program, Service service, String style, String path, int requests) {
        String said = program.tell(style + " " + service.uri(path) + " within");
        calls.add(new Made(style, path, said, requests));
    }

    private List<ReceivedRequest> served(Service service, Made call) {
        List<ReceivedRequest> requests = service.requests(call.path());
        softly.assertThat(call.said().split(" ", 4)[3]).as(call.path()).isEqualTo(call.expected());
        softly.assertThat(requests).as(call.path()).hasSize(call.requests());
        return requests;
    }

    private static String[] parent(ReceivedRequest request) {
        return request.header("traceparent").orElse("-none-none-").split("-");
    }
}
