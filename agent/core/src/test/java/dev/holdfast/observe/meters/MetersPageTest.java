package dev.holdfast.observe.meters;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Holds {@code meters.md} against the catalogue. */
class MetersPageTest {
    private static final Path FILE = Path.of("../../docs/meters.md");

    private static final String HEAD = """
            # Meters

            What `/metrics` of the endpoint shows, what `[metrics.otlp]` pushes, and with `[metrics] application_registry = true` the
            application's own Micrometer has. Written from the catalogue in the code, and held against it.

            Labels: `policy` is a host pattern, with a route behind it if it is one's; `origin` is `scheme://host:port`, the first
            1,000 of each JVM, and `other` for those that come later, together; `client` is `java.net.http`,
            `HttpURLConnection`, or that of a [library](clients.md).
            `reason` and `outcome` are few words, statuses and kinds of failures; nothing of a request is ever in a label.

            What can happen under a policy is there at 0 from the first call to an origin on, so that `increase()` sees the first event:
            the outcomes of calls, retries for each status and error that the policy lists, why there may be none, rejections, fallbacks by
            strategy and reason, waits for limits, and, in mode `observe`, what would have been done. That is for the first 100 pairs of
            policy and origin in a JVM; for those that come later the counters of calls, rejections, fallbacks, budgets and breakers, and the
            histograms. A reason that no policy lists, and statuses where a policy lists more than 32, appear when they occur.

            A call is counted once, by `holdfast_calls_total` and `holdfast_call_duration_seconds` alike, when the program gets its end: after
            its retries and waits, and after its fallback has given a response or failed.

            The histograms of calls and attempts have 13 bounds from 5 ms to 60 s: 16 series each, for each pair of policy and origin. The
            share of calls that took at most 250 ms, and what 95 % of the calls to an origin did not exceed:

                sum(rate(holdfast_call_duration_seconds_bucket{le="0.25"}[15m])) / sum(rate(holdfast_call_duration_seconds_count[15m]))
                histogram_quantile(0.95, sum by (origin, le) (rate(holdfast_call_duration_seconds_bucket[15m])))

            `retry_success_rate` is since the start. Over any time, and over several origins, it is what its counters say:

                sum(rate(holdfast_calls_total{outcome=~"saved_by_retry|good_after_timeout"}[15m]))
                  / (sum(rate(holdfast_calls_total{outcome=~"saved_by_retry|good_after_timeout"}[15m])) + sum(rate(holdfast_retries_lost_total[15m])))

            ## In the application's own registry

            With `[metrics] application_registry = true` every name has the prefix `holdfast.`, that of the first five below too
            (`holdfast.retry.attempts`, in Prometheus `holdfast_retry_attempts_total`): an application may count its own retries under a
            name as plain as that. The rules and the dashboard in `config-examples` are for `/metrics`. For the application's registry:

                sed -E 's/\\b(retry_attempts|retry_success|retry_delay|circuit_breaker_state|fallback_activations)/holdfast_\\1/g' prometheus-rules.yaml

            ## Push by OTLP

                [metrics.otlp]                                          # this table alone pushes to http://localhost:4318/v1/metrics
                url = "http://collector.internal:4318/v1/metrics"       # or what OTEL_EXPORTER_OTLP_(METRICS_)ENDPOINT say
                step = "60s"
                timeout = "10s"
                headers = { Authorization = "Bearer ..." }              # beside OTEL_EXPORTER_OTLP_(METRICS_)HEADERS
                resource_attributes = { "service.name" = "shop" }       # beside OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES

            What is not set there, the resource has of its own: `host.name`, `process.pid`, `process.creation.time`, `service.instance.id`
            (`PID@HOST`), and `holdfast.program`, `holdfast.version`, `holdfast.configuration`, `holdfast.configuration.sha256`.

            Protobuf over HTTP, by Micrometer's registry: cumulative values under Micrometer's names with their units, which a collector
            turns into Prometheus' names; where a histogram is named, it comes with its buckets. Once more at exit, which waits 2 s for
            that at most. The messages go to the receiver itself: no policy, no proxy, no redirect, none of the program's authenticators
            and cookie stores; they are no call of the program's and are not counted. A receiver that fails is named when that begins and
            when it is over, without path and headers; what it missed is in the next push. With `https` the JDK's TLS starts the JDK's
            logging, as each first use of TLS does.

            ## All of them

            | Prometheus | Micrometer | kind | labels | what it is |
            |---|---|---|---|---|
            """;

    @Test
    void the_page_names_exactly_the_meters_that_there_are() throws IOException {
        StringBuilder text = new StringBuilder(HEAD);
        for (Meter meter : Meter.values()) {
            String suffix = meter.kind() == Meter.Kind.COUNTER ? "_total" : "";
            String kind = switch (meter.kind()) {
                case COUNTER -> "counter";
                case GAUGE -> "gauge";
                case TIMER -> "`_count` and `_sum`";
                case HISTOGRAM -> "histogram; in Micrometer count and sum";
            };
            text.append("| `%s%s` | `%s` | %s | %s | %s |\n"
                    .formatted(
                            meter.prometheusName(),
                            suffix,
                            meter.id(),
                            kind,
                            String.join(", ", meter.labels()),
                            meter.help()));
        }
        if (Boolean.getBoolean("holdfast.writeReference")) {
            Files.writeString(FILE, text);
        }

        assertThat(FILE)
                .content()
                .as("run with -Dholdfast.writeReference=true to write it anew")
                .isEqualTo(text.toString());
    }
}
