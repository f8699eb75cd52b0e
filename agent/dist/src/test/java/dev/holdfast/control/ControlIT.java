package dev.holdfast.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.observe.Comparison;
import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.Jdks;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The figures that Holdfast shows are true: one program and one script of faults, run without Holdfast and with it, and
 * every figure compared with what the program and the server counted. {@code docs/figures.md} has the definitions.
 */
class ControlIT {
    private static final Path PAGE = Path.of("../../docs/figures.md");

    /** The keys that hold no counts of calls. */
    private static final Set<String> NO_COUNTS = Set.of("policy", "origin", "mode", "clients", "attempt_seconds");

    /** By host, what no request at the server and no response tells: what Holdfast itself decided. */
    private static final Map<String, Map<String, Long>> DECISIONS = Map.of(
            "rate.example", Map.of("/rejections/rate", 11L),
            "concurrency.example", Map.of("/rejections/concurrency", 4L),
            "queue.example", Map.of("/waits/concurrency/count", 4L),
            "limited-retry.example", Map.of("/rejections/rate", 2L),
            "breaker.example", Map.of("/rejections/breaker", 7L, "/breaker/transitions/open", 1L),
            "budget.example", Map.of("/not_retried/budget", 1L, "/budget/exhausted", 1L),
            "fallback.example", Map.of("/rejections/breaker", 1L, "/breaker/transitions/open", 1L),
            "plain.example", Map.of("/not_retried/used_up", 1L),
            "broken.example", Map.of("/bodies_broken", 1L),
            "observed.example", Map.of("/would_have/reject_rate", 2L, "/would_have/retry", 1L));

    @TempDir
    Path directory;

    static Stream<Arguments> everywhere() {
        return Jdks.all().stream()
                .flatMap(jdk ->
                        Stream.of("java.net.http", "HttpURLConnection").map(client -> Arguments.of(jdk, client)));
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void every_figure_is_what_the_program_and_the_server_counted(Jdks.Jdk jdk, String client) throws Exception {
        try (ControlRun without = new ControlRun(jdk.orSkip(), client, null, directory);
                ControlRun with = new ControlRun(jdk, client, FaultScript.CONFIG, directory)) {
            FaultScript.play(without);
            FaultScript.play(with);
            Map<String, ExpectedCounts> truths = truths(without, with);

            JsonNode status = JsonMapper.shared().readTree(with.get("/status"));
            SoftAssertions figures = new SoftAssertions();
            long hosts = 0;
            for (JsonNode origin : status.get("origins")) {
                String host = URI.create(origin.get("origin").asString()).getHost();
                if (host.equals("other.example")) {
                    long asked = with.calls().values().stream()
                            .mapToLong(call -> call.arrived() - call.attempts())
                            .sum();
                    figures.assertThat(origin.get("policy").asString()).isEqualTo("degraded.example (degraded)");
                    figures.assertThat(origin.get("attempts").asLong()).isEqualTo(asked);
                    continue;
                }
                hosts++;
                figures.assertThat(client(origin)).as(host).isEqualTo(client);
                compare(figures, host, truths.get(host), origin);
            }
            compareAll(figures, truths.values().stream().toList(), status, with);
            figures.assertAll();
            assertThat(hosts).isEqualTo(FaultScript.HOSTS.size());
        }
    }

    private static String client(JsonNode origin) {
        return origin.at("/clients/0/client").asString();
    }

    /** By host, in the order of the script. */
    private static Map<String, ExpectedCounts> truths(ControlRun without, ControlRun with) {
        Map<String, ExpectedCounts> truths = new LinkedHashMap<>();
        Map<Integer, String> before = without.ends();
        Map<Integer, String> after = with.ends();
        assertThat(before.keySet())
                .isEqualTo(after.keySet())
                .isEqualTo(with.calls().keySet());
        with.calls().forEach((id, call) -> {
            assertThat(without.calls().get(id).host()).isEqualTo(call.host());
            // A body that breaks on its way to the program changes no result: the head was good.
            boolean broken = call.host().startsWith("broken");
            truths.computeIfAbsent(call.host(), ExpectedCounts::new)
                    .add(broken ? "200" : before.get(id), broken ? "200" : after.get(id), call);
        });
        return truths;
    }

    private static void compare(SoftAssertions figures, String host, ExpectedCounts expectedCounts, JsonNode origin) {
        JsonNode calls = origin.at("/clients/0/calls");
        for (String result : Comparison.RESULTS) {
            figures.assertThat(calls.get(result).asLong())
                    .as(host + " " + result)
                    .isEqualTo(expectedCounts.result(result));
        }
        figures.assertThat(origin.at("/comparison/calls").asLong())
                .as(host + " compared")
                .isEqualTo(expectedCounts.compared());
        figures.assertThat(origin.at("/comparison/good_without").asLong())
                .as(host + " good without Holdfast")
                .isEqualTo(expectedCounts.goodWithout());
        figures.assertThat(origin.at("/comparison/good_with").asLong())
                .as(host + " good with Holdfast")
                .isEqualTo(expectedCounts.goodWith());
        figures.assertThat(origin.get("attempts").asLong())
                .as(host + " attempts")
                .isEqualTo(expectedCounts.attempts());
        figures.assertThat(sum(origin.at("/clients/0/retries")))
                .as(host + " retries")
                .isEqualTo(expectedCounts.retries());
        figures.assertThat(origin.at("/delays/count").asLong())
                .as(host + " delays")
                .isEqualTo(expectedCounts.retries());
        figures.assertThat(origin.get("hedges").asLong()).as(host + " hedges").isEqualTo(expectedCounts.hedges());
        long fallbacks = 0;
        for (JsonNode fallback : origin.get("fallbacks")) {
            fallbacks += fallback.get("count").asLong();
        }
        figures.assertThat(fallbacks).as(host + " fallbacks").isEqualTo(expectedCounts.fallbacks());
        figures.assertThat(origin.at("/limits/queued").asLong())
                .as(host + " queued")
                .isZero();
        figures.assertThat(origin.at("/limits/under_way").asLong())
                .as(host + " under way")
                .isZero();

        Map<String, Long> decided = DECISIONS.getOrDefault(host, Map.of());
        decided.forEach(
                (pointer, count) -> figures.assertThat(origin.at(pointer).asLong())
                        .as(host + pointer)
                        .isEqualTo(count));
        for (String counts : new String[] {"rejections", "waits", "would_have"}) {
            figures.assertThat(origin.get(counts).size())
                    .as(host + " " + counts + " " + origin.get(counts))
                    .isEqualTo((int) decided.keySet().stream()
                            .filter(pointer -> pointer.startsWith("/" + counts))
                            .count());
        }
    }

    /** Compares the figures of all origins together: the page's head, the meters, and the summary at the end. */
    private static void compareAll(
            SoftAssertions figures, List<ExpectedCounts> truths, JsonNode status, ControlRun with)
            throws IOException, InterruptedException {
        figures.assertThat(status.at("/comparison/calls").asLong()).isEqualTo(sum(truths, ExpectedCounts::compared));
        figures.assertThat(status.at("/comparison/good_without").asLong())
                .isEqualTo(sum(truths, ExpectedCounts::goodWithout));
        figures.assertThat(status.at("/comparison/good_with").asLong())
                .isEqualTo(sum(truths, ExpectedCounts::goodWith));
        JsonNode history = JsonMapper.shared().readTree(with.get("/history"));
        String metrics = with.get("/metrics");
        for (String result : Comparison.RESULTS) {
            long true_ = sum(truths, expectedCounts -> expectedCounts.result(result));
            figures.assertThat(scraped(metrics, "outcome=\"" + result + "\""))
                    .as("scraped " + result)
                    .isEqualTo(true_);
            long shown = 0;
            for (JsonNode origin : history.get("origins")) {
                boolean alternateOrigin = origin.get("policy").asString().endsWith(" (degraded)");
                shown += origin.has(result) && !alternateOrigin ? sum(origin.get(result)) : 0;
            }
            figures.assertThat(shown).as("history " + result).isEqualTo(result.equals("cancelled") ? 0 : true_);
        }

        ForkedJvm.Result end = with.jvm.end();
        long all =
                sum(truths, ExpectedCounts::calls) + sum(truths, expectedCounts -> expectedCounts.result("cancelled"));
        figures.assertThat(end.err())
                .contains("summary: " + all + " calls: "
                        + sum(truths, expectedCounts -> expectedCounts.result("first_try")) + " good at the first try, "
                        + sum(truths, expectedCounts -> expectedCounts.result("saved_by_retry")) + " saved by retry, "
                        + sum(truths, expectedCounts -> expectedCounts.result("saved_by_fallback"))
                        + " saved by fallback, "
                        + sum(truths, expectedCounts -> expectedCounts.result("failed")) + " failed, "
                        + sum(truths, expectedCounts -> expectedCounts.result("rejected")) + " rejected by Holdfast, "
                        + sum(truths, expectedCounts -> expectedCounts.result("hedged"))
                        + " answered by the hedged attempt");
    }

    @Test
    void the_definitions_name_every_result_and_every_count() throws IOException {
        String page = Files.readString(PAGE);
        JsonNode origin = JsonMapper.shared()
                .readTree(Files.readString(Path.of("../core/src/test/resources/dev/holdfast/observe/status.json")))
                .at("/origins/0");

        assertThat(Comparison.RESULTS).allSatisfy(result -> assertThat(page).contains("| `" + result + "` |"));
        assertThat(origin.propertyNames())
                .filteredOn(name -> !NO_COUNTS.contains(name))
                .hasSizeGreaterThan(10)
                .allSatisfy(name -> assertThat(page).containsPattern("`" + name + "[`.]"));
    }

    private static long sum(List<ExpectedCounts> truths, ToLongFunction<ExpectedCounts> figure) {
        return truths.stream().mapToLong(figure).sum();
    }

    private static long sum(JsonNode numbers) {
        long sum = 0;
        for (JsonNode number : numbers) {
            sum += number.asLong();
        }
        return sum;
    }

    private static long scraped(String metrics, String label) {
        return metrics.lines()
                .filter(line -> line.startsWith("holdfast_calls_total{")
                        && line.contains(label)
                        && !line.contains("(degraded)"))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
