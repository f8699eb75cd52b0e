package dev.holdfast.others;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.others.OtherAgent.Order;
import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.Jdks;
import dev.holdfast.testkit.Jdks.Jdk;
import dev.holdfast.testkit.ReceivedRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Datadog's and Elastic's agents beside ours, by what the service sees of them. Attempts of a call that blocks are of
 * the trace of the program's span; with Datadog's, and with Elastic's where ours stands last, each has a span of its
 * own. An attempt that is sent after a wait of {@code sendAsync} is not on the program's thread, and these two do not
 * find its trace there. What they print is their own.
 */
class TracersIT {
    @TempDir
    Path directory;

    static Stream<Arguments> agents() {
        return Stream.of(OtherAgent.DATADOG, OtherAgent.ELASTIC)
                .flatMap(other -> Jdks.all().stream()
                        .flatMap(jdk -> Stream.of(Order.values()).map(order -> Arguments.of(other, jdk, order))));
    }

    @ParameterizedTest
    @MethodSource("agents")
    void calls_are_served_and_traced(OtherAgent other, Jdk jdk, Order order) throws IOException {
        SoftAssertions softly = new SoftAssertions();
        try (Service service = new Service();
                Conversation program = Conversation.with(order.agents(
                        new ForkedJvm(jdk).jvm(other.settings()), service.policy(directory), other.jar()))) {
            program.awaitOurs();
            for (String style : List.of("send", "sendAsync", "url")) {
                String within = "/" + style + "/fails2";
                String said = program.tell(style + " " + service.uri(within) + " within");
                boolean blocks = !style.equals("sendAsync");
                softly.assertThat(said.split(" ")[3]).as(within).isEqualTo("200");
                softly.assertThat(traces(service, within).limit(blocks ? 3 : 1))
                        .as(said)
                        .allMatch(said.split(" ")[1]::equals);
                softly.assertThat(service.requests(within)).as(within).hasSize(3);
                if (blocks && (other == OtherAgent.DATADOG || order == Order.OURS_LAST)) {
                    softly.assertThat(spans(service, within)).as(within).hasSize(3);
                }

                String hedged = "/hedged/" + style + "/hangs";
                softly.assertThat(program.tell(style + " " + service.uri(hedged) + " within"))
                        .contains(" 200");
                softly.assertThat(service.requests(hedged)).as(hedged).hasSize(2);

                String without = "/" + style + "/without/fails1";
                softly.assertThat(program.tell(style + " " + service.uri(without) + " without"))
                        .contains("- - 200");
                softly.assertThat(service.requests(without)).as(without).hasSize(2);
            }
            assertThat(program.end().err()).contains("[holdfast]").doesNotContain("[holdfast] cannot", "VerifyError");
        }
        softly.assertAll();
    }

    private static Stream<String> traces(Service service, String path) {
        return parts(service, path, 1);
    }

    private static List<String> spans(Service service, String path) {
        return parts(service, path, 2).distinct().toList();
    }

    private static Stream<String> parts(Service service, String path, int part) {
        return service.requests(path).stream()
                .map((ReceivedRequest request) -> request.header("traceparent").orElse("-none-none-"))
                .map(parent -> parent.split("-")[part]);
    }
}
