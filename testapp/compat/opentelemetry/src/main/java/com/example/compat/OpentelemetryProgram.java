package com.example.compat;

import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.RetryPolicy;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** OpenTelemetry's exporter with the sender on the JDK's client, which retries by itself. */
final class OpentelemetryProgram {
    private OpentelemetryProgram() {}

    public static void main(String[] arguments) {
        Program.of(arguments, "OpenTelemetry", "opentelemetry-exporter-sender-jdk")
                .calls("OTLP exporter, POST", Set.of("POST"), request -> exported(request.uri()))
                .step("OTLP exporter, POST", "refused", "status-400", OpentelemetryProgram::exported);
    }

    private static Reply exported(URI uri) throws IOException {
        RetryPolicy policy = RetryPolicy.builder()
                .setMaxAttempts(3)
                .setInitialBackoff(Duration.ofMillis(20))
                .setMaxBackoff(Duration.ofMillis(50))
                .build();
        OtlpHttpSpanExporter exporter = OtlpHttpSpanExporter.builder()
                .setEndpoint(uri.toString())
                .setTimeout(Program.PATIENCE)
                .setRetryPolicy(policy)
                .build();
        CompletableResultCode result = exporter.export(List.of()).join(20, TimeUnit.SECONDS);
        Throwable failure = result.getFailureThrowable();
        exporter.shutdown().join(5, TimeUnit.SECONDS);
        if (!result.isSuccess()) {
            throw new IOException("not exported", failure);
        }
        return Reply.of(200, "exported");
    }
}
