package dev.holdfast.observe.meters;

import java.util.List;

/** Takes the values of all meters at one moment. */
interface MeterSink {
    /**
     * The value of a counter or gauge.
     *
     * @param labels the values of the meter's labels, in their order
     */
    void value(Meter meter, double value, String... labels);

    /** The value of a counter or gauge that is a whole number. */
    default void count(Meter meter, long value, String... labels) {
        value(meter, (double) value, labels);
    }

    /**
     * The value of a timer.
     *
     * @param count how many
     * @param seconds how long, together
     * @param labels the values of the meter's labels, in their order
     */
    void timer(Meter meter, long count, double seconds, String... labels);

    /**
     * The value of a histogram.
     *
     * @param counts how many in each bucket of {@link Meter#bounds}; one more, for those above
     * @param seconds how long, together
     * @param labels the values of the meter's labels, in their order
     */
    void histogram(Meter meter, List<Long> counts, double seconds, String... labels);
}
