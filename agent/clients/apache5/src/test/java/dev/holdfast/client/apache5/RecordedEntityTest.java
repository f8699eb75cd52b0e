package dev.holdfast.client.apache5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.call.ReplayMemory;
import dev.holdfast.policy.Policies;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.junit.jupiter.api.Test;

class RecordedEntityTest {
    private final ReplayMemory memory = new ReplayMemory();

    @Test
    void aBodyIsWrittenAgainByteForByte() throws IOException {
        RecordedEntity entity = entity("whole", 100);
        assertThat(entity.recording().canBeSent()).isTrue();
        assertThat(entity.recording().isWhole()).isFalse();

        assertThat(written(entity)).isEqualTo("whole");
        assertThat(entity.recording().isWhole()).isTrue();
        assertThat(written(entity)).isEqualTo("whole");
        assertThat(written(entity)).isEqualTo("whole");
        assertThat(entity.isRepeatable()).as("to the client").isFalse();

        assertThat(memory.used()).isEqualTo(5);
        entity.recording().release();
        assertThat(memory.used()).isZero();
        assertThat(entity.recording().canBeSent()).isFalse();
    }

    @Test
    void aBodyOverTheLimitIsSentOnce() throws IOException {
        RecordedEntity entity = entity("x".repeat(101), 100);

        assertThat(written(entity)).hasSize(101);

        assertThat(entity.recording().canBeSent()).isFalse();
        assertThat(memory.used()).isZero();
    }

    @Test
    void aBodyThatWasWrittenInPartCannotBeSentAgain() {
        RecordedEntity entity = entity("whole", 100);
        OutputStream broken = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("reset");
            }
        };

        assertThatThrownBy(() -> entity.writeTo(broken)).hasMessage("reset");

        assertThat(entity.recording().canBeSent()).isFalse();
    }

    @Test
    void aBodyThatSomebodyReadCannotBeSent() throws IOException {
        RecordedEntity entity = entity("whole", 100);

        assertThat(entity.getContent().readAllBytes()).hasSize(5);

        assertThat(entity.recording().canBeSent()).isFalse();
        assertThat(written(entity)).as("as without a recording").isEmpty();
        assertThat(entity.recording().canBeSent()).isFalse();
    }

    private RecordedEntity entity(String body, long limit) {
        return new RecordedEntity(
                new InputStreamEntity(new ByteArrayInputStream(body.getBytes(StandardCharsets.US_ASCII)), null),
                Policies.retry().replayLimit(limit).build(),
                memory);
    }

    private static String written(RecordedEntity entity) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        entity.writeTo(out);
        return out.toString(StandardCharsets.US_ASCII);
    }
}
