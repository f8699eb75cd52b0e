package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamingMediaTypesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/event-stream",
                "Text/Event-Stream; charset=utf-8",
                " text/event-stream ;charset=utf-8",
                "application/x-ndjson",
                "application/ndjson",
                "application/vnd.example+ndjson",
                "application/jsonl",
                "application/x-jsonlines",
                "application/stream+json",
                "application/json-seq",
                "application/geo+json-seq",
                "application/cbor-seq",
                "multipart/x-mixed-replace; boundary=frame",
                "application/grpc",
                "application/grpc+proto",
                "application/grpc-web-text",
                "application/connect+json",
                "application/vnd.amazon.eventstream"
            })
    void aStreamIsNeverHeldBack(String contentType) {
        assertThat(StreamingMediaTypes.mayHoldBack(contentType, -1)).isFalse();
        assertThat(StreamingMediaTypes.mayHoldBack(contentType, 0)).isFalse();
        assertThat(StreamingMediaTypes.mayHoldBack(contentType, 1000)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "application/json; charset=utf-8",
                "application/problem+json",
                "application/atom+xml",
                "TEXT/HTML",
                "image/png"
            })
    void aDocumentIsHeldBackWhetherItsLengthIsKnownOrNot(String contentType) {
        assertThat(StreamingMediaTypes.mayHoldBack(contentType, -1)).isTrue();
        assertThat(StreamingMediaTypes.mayHoldBack(contentType, 1000)).isTrue();
    }

    /** Logs come as plain text, live pictures as video, and so on. */
    @ParameterizedTest
    @ValueSource(
            strings = {"text/plain", "application/octet-stream", "video/mp2t", "multipart/mixed; boundary=-", "x", ""})
    void anyOtherBodyIsHeldBackOnlyIfItsLengthIsKnown(String contentType) {
        assertThat(StreamingMediaTypes.mayHoldBack(contentType, -1)).isFalse();
        assertThat(StreamingMediaTypes.mayHoldBack(contentType, 1000)).isTrue();
    }

    @Test
    void withoutAMediaTypeTheLengthDecides() {
        assertThat(StreamingMediaTypes.mayHoldBack(null, -1)).isFalse();
        assertThat(StreamingMediaTypes.mayHoldBack(null, 1000)).isTrue();
    }
}
