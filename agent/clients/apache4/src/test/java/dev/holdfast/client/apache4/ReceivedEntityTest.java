package dev.holdfast.client.apache4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.http.HttpEntity;
import org.apache.http.conn.ConnectionReleaseTrigger;
import org.apache.http.conn.EofSensorInputStream;
import org.apache.http.conn.EofSensorWatcher;
import org.apache.http.entity.HttpEntityWrapper;
import org.apache.http.entity.InputStreamEntity;
import org.junit.jupiter.api.Test;

class ReceivedEntityTest {
    private static final byte[] BYTES = "body".getBytes(StandardCharsets.US_ASCII);

    private static final InputStream CLOSED = new InputStream() {
        @Override
        public int read() throws IOException {
            throw new IOException("the client's");
        }
    };

    private final List<String> events = new ArrayList<>();

    @Test
    void a_wrapped_stream_is_of_the_clients_type_and_aborts_its_connection() throws IOException {
        HttpEntity entity = ReceivedEntity.of(sensed(), this::watched);

        EofSensorInputStream stream = (EofSensorInputStream) entity.getContent();
        int first = stream.read();
        stream.abortConnection();

        assertThat(first).isEqualTo('b');
        assertThat(events).as("aborted before it is closed").containsExactly("aborted", "closed");
        assertThat(stream).isExactlyInstanceOf(EofSensorInputStream.class);
    }

    @Test
    void a_wrapped_stream_gives_the_whole_body() throws IOException {
        EofSensorInputStream stream = (EofSensorInputStream)
                ReceivedEntity.of(sensed(), this::watched).getContent();

        assertThat(stream.available()).isEqualTo(BYTES.length);
        assertThat(stream.skip(1)).isEqualTo(1);
        byte[] piece = new byte[1];
        assertThat(stream.read(piece)).isEqualTo(1);
        assertThat(piece).containsExactly('o');
        assertThat(stream.readAllBytes()).containsExactly('d', 'y');
        assertThat(stream.read()).isEqualTo(-1);
        stream.close();
        assertThat(events).containsExactly("closed");
    }

    @Test
    void a_stream_that_is_another_ones_stays_so() throws IOException {
        InputStream own = new ByteArrayInputStream(BYTES);

        assertThat(ReceivedEntity.of(entity(own), stream -> stream).getContent())
                .isSameAs(own);
        assertThat(ReceivedEntity.of(entity(own), this::watched).getContent())
                .isNotInstanceOf(EofSensorInputStream.class);
    }

    @Test
    void the_body_of_an_old_client_releases_and_aborts_its_connection() throws IOException {
        Received received = new Received();
        HttpEntity watched = ReceivedEntity.of(received, this::watched);
        HttpEntity held = ReceivedEntity.of(received, new ByteArrayInputStream(BYTES));

        ((ConnectionReleaseTrigger) watched).releaseConnection();
        InputStream stream = watched.getContent();
        ((ConnectionReleaseTrigger) watched).abortConnection();
        ((ConnectionReleaseTrigger) held.getContent()).abortConnection();

        assertThat(stream.read()).isEqualTo('b');
        assertThat(events).containsExactly("released", "aborted", "closed", "aborted");
    }

    @Test
    void each_stream_is_another_one_over_the_same_bytes() throws IOException {
        for (HttpEntity entity : bodies(sensed())) {
            InputStream first = entity.getContent();
            InputStream second = entity.getContent();

            assertThat(first).isNotSameAs(second);
            assertThat(first.read()).isEqualTo('b');
            assertThat(second.read()).isEqualTo('o');
        }
    }

    /** The client's own stream says so, each version in words of its own. */
    @Test
    void after_its_end_the_clients_own_body_says_what_a_closed_one_says() throws IOException {
        for (HttpEntity entity : bodies(sensed(CLOSED))) {
            InputStream stream = entity.getContent();
            stream.close();

            assertThatThrownBy(stream::read).hasMessage("Attempted read on closed stream.");
            assertThatThrownBy(() -> entity.getContent().read()).hasMessage("the client's");
        }
    }

    @Test
    void a_body_that_was_held_back_is_closed_for_all_its_streams() throws IOException {
        HttpEntity held = ReceivedEntity.of(sensed(CLOSED), new ByteArrayInputStream(BYTES));
        InputStream open = held.getContent();

        held.getContent().close();

        assertThatThrownBy(open::read).hasMessage("the client's");
        assertThat(open.available()).isZero();
    }

    @Test
    void an_abort_leaves_what_is_still_on_its_way_alone() throws IOException {
        HttpEntity held = ReceivedEntity.of(sensed(), watched(new ByteArrayInputStream(BYTES)));

        ((EofSensorInputStream) held.getContent()).abortConnection();

        assertThat(events).containsExactly("aborted");
    }

    private List<HttpEntity> bodies(HttpEntity received) {
        return List.of(
                ReceivedEntity.of(received, stream -> new ByteArrayInputStream(BYTES)),
                ReceivedEntity.of(received, new ByteArrayInputStream(BYTES)));
    }

    /** The body of an old client, which has its connection. */
    private final class Received extends HttpEntityWrapper implements ConnectionReleaseTrigger {
        Received() {
            super(entity(new ByteArrayInputStream(BYTES)));
        }

        @Override
        public void releaseConnection() {
            events.add("released");
        }

        @Override
        public void abortConnection() {
            events.add("aborted");
        }
    }

    private static HttpEntity entity(InputStream body) {
        return new InputStreamEntity(body, 4);
    }

    private HttpEntity sensed() {
        return sensed(new ByteArrayInputStream(BYTES));
    }

    /** A body as a client receives it: each of its streams is of the client's type. */
    private HttpEntity sensed(InputStream body) {
        return new Sensed(entity(body));
    }

    private final class Sensed extends HttpEntityWrapper implements EofSensorWatcher {
        Sensed(HttpEntity entity) {
            super(entity);
        }

        @Override
        public InputStream getContent() throws IOException {
            return new EofSensorInputStream(super.getContent(), null) {
                @Override
                public void abortConnection() {
                    events.add("aborted");
                }
            };
        }

        @Override
        public boolean eofDetected(InputStream ended) {
            return true;
        }

        @Override
        public boolean streamClosed(InputStream ended) {
            return true;
        }

        @Override
        public boolean streamAbort(InputStream ended) {
            return true;
        }
    }

    private InputStream watched(InputStream stream) {
        return new FilterInputStream(stream) {
            @Override
            public void close() throws IOException {
                events.add("closed");
                super.close();
            }
        };
    }
}
