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
 * OpenTelemetry's agent beside ours: each attempt is a client span of its own that ends, within the span of the program
 * that the call was made in, whichever thread sends it; and the program's own continuation goes on within that span, as
 * without us.
 */
class OpenTelemetryIT {
    private static final List<String> STYLES = List.of("send", "sendAsync", "url");

    @TempDir
    Path directory;

    private final SoftAssertions softly = new SoftAssertions();
    private final List<Told> told = new ArrayList<>();

    /** A call that was made, what the program said of it, and how many requests it should have cost. */
    private record Told(String path, String said, int requests) {
        String trace() {
            return said.split(" ")[1];
        }

        String span() {
            return said.split(" ")[2];
        }

        String saw() {
            return said.split(" ", 4)[3];
        }
    }

    static Stream<Arguments> jdksAndOrders() {
        return Jdks.all().stream().flatMap(jdk -> Stream.of(Order.values()).map(order -> Arguments.of(jdk, order)));
    }

    @ParameterizedTest
    @MethodSource("jdksAndOrders")
    void each_attempt_is_a_span_of_its_own_within_that_of_the_program(Jdk jdk, Order order) throws IOException {
        try (Service service = new Service();
                Conversation program = Conversation.with(order.agents(
                        new ForkedJvm(jdk).jvm(OtherAgent.OPENTELEMETRY.settings()),
                        service.policy(directory),
                        OtherAgent.OPENTELEMETRY.jar()))) {
            program.awaitOurs();
            everyWay(service, program);
            check(service, program.end());
        }
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void it_is_loaded_into_a_program_that_ours_is_in_already(Jdk jdk) throws IOException {
        try (Service service = new Service();
                Conversation program = Conversation.with(new ForkedJvm(jdk)
                        .jvm(OtherAgent.OPENTELEMETRY.settings())
                        .agent(service.policy(directory)))) {
            program.awaitOurs();
            for (String style : STYLES) {
                assertThat(program.tell(style + " " + service.uri("/" + style + "/before/fails1") + " bare"))
                        .contains(" 200");
            }
            assertThat(program.tell("attach " + OtherAgent.OPENTELEMETRY.jar() + " -"))
                    .isEqualTo("attached");
            program.awaitOurs();
            everyWay(service, program);
            check(service, program.end());
        }
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void ours_is_loaded_into_a_program_that_it_is_in_already(Jdk jdk) throws IOException {
        try (Service service = new Service();
                Conversation program = Conversation.with(new ForkedJvm(jdk)
                        .jvm("-javaagent:" + OtherAgent.OPENTELEMETRY.jar())
                        .jvm(OtherAgent.OPENTELEMETRY.settings()))) {
            for (String style : STYLES) {
                assertThat(program.tell(style + " " + service.uri("/" + style + "/before/fails1") + " within"))
                        .contains(" 503");
            }
            assertThat(program.tell("attach " + ForkedJvm.agentJar() + " " + service.policy(directory)))
                    .isEqualTo("attached");
            program.awaitOurs();
            everyWay(service, program);
            check(service, program.end());
        }
    }

    private void everyWay(Service service, Conversation program) {
        for (String style : STYLES) {
            call(program, service, style, "/" + style + "/fails2", 3);
            call(program, service, style, "/timed/" + style + "/fails1", 2);
            call(program, service, style, "/hedged/" + style + "/hangs", 2);
            call(program, service, style, "/answered/" + style + "/fails9", 2);
            call(program, service, style, "/elsewhere/" + style + "/fails9", 3);
        }
        cancelled(program, service, "/cancelled/hangs");
        cancelled(program, service, "/patient/fails9");
        behindEachOther(program, service);
        // Last: whatever was left behind on a thread would be theirs.
        for (String style : STYLES) {
            String path = "/" + style + "/without/fails1";
            told.add(new Told(path, program.tell(style + " " + service.uri(path) + " without"), 2));
        }
    }

    private void call(Conversation program, Service service, String style, String path, int requests) {
        told.add(new Told(path, program.tell(style + " " + service.uri(path) + " within"), requests));
    }

    private void cancelled(Conversation program, Service service, String path) {
        int before = service.server().requests().size();
        assertThat(program.tell("sendAsync " + service.uri(path) + " cancelled"))
                .isEqualTo("sent");
        service.server().awaitRequests(before + 1);
        told.add(new Told(path, program.tell("now"), 1));
    }

    /** The second waits for the first, and is sent by the thread on which that ends. */
    private void behindEachOther(Conversation program, Service service) {
        int before = service.server().requests().size();
        String one = "/limited/one/held";
        String two = "/limited/two/fails1";
        assertThat(program.tell("pair " + service.uri(one) + " " + service.uri(two)))
                .isEqualTo("sent");
        service.server().awaitRequests(before + 1);
        service.server().release();
        told.add(new Told(one, program.awaitLine(), 1));
        told.add(new Told(two, program.awaitLine(), 2));
    }

    private void check(Service service, Result result) {
        TracerSpans tracerSpans = new TracerSpans(result.err());
        for (Told call : told) {
            softly.assertThat(call.saw()).as(call.path()).isEqualTo(expected(call));
            List<ReceivedRequest> requests = service.requests(call.path());
            softly.assertThat(requests).as(call.path()).hasSize(call.requests());
            softly.assertThat(requests.stream()
                            .map(request -> request.header("traceparent").orElse(""))
                            .distinct())
                    .as(call.path())
                    .hasSize(call.requests());
            for (ReceivedRequest request : requests) {
                String[] parent =
                        request.header("traceparent").orElse("-none-none-").split("-");
                softly.assertThat(tracerSpans.find(parent[2]))
                        .as("the span of a request for %s", call)
                        .matches(span -> span.trace().equals(parent[1]) && span.client())
                        .matches(span -> call.span().equals("-")
                                ? span.parent().isEmpty()
                                : span.parent().equals(call.span())
                                        && span.trace().equals(call.trace()));
            }
        }
        softly.assertThat(result.err()).doesNotContain("[holdfast] inside", "VerifyError");
        softly.assertAll();
    }

    private static String expected(Told call) {
        if (call.path().startsWith("/cancelled") || call.path().startsWith("/patient")) {
            return "cancelled";
        }
        boolean asynchronous =
                call.path().contains("/sendAsync/") || call.path().startsWith("/limited");
        return asynchronous ? "200 then " + (call.span().equals("-") ? "0000000000000000" : call.span()) : "200";
    }
}
