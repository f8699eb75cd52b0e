package dev.holdfast.observe.meters;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Keeps meters of a Micrometer registry as the last update says: makes those that are new, and removes those that there are
 * no more. Between updates they show what the last one said. Not thread-safe, but for reading the meters.
 */
final class MicrometerMeters implements MeterSink {
    private final MeterRegistry registry;
    private final Map<Key, Cell> cells = new HashMap<>();
    private long generation;

    MicrometerMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    private record Key(Meter meter, List<String> labels) {}

    /** What one meter shows. */
    private static final class Cell {
        private volatile double value;
        private volatile long count;
        private long generation;
        private io.micrometer.core.instrument.@org.jspecify.annotations.Nullable Meter registered;

        double value() {
            return value;
        }

        long count() {
            return count;
        }
    }

    /**
     * Takes new values.
     *
     * @param writer writes all of them into the sink that it is given
     */
    void update(Consumer<MeterSink> writer) {
        generation++;
        writer.accept(this);
        for (Iterator<Cell> all = cells.values().iterator(); all.hasNext(); ) {
            Cell cell = all.next();
            if (cell.generation != generation) {
                all.remove();
                if (cell.registered != null) {
                    registry.remove(cell.registered);
                }
            }
        }
    }

    @Override
    public void value(Meter meter, double value, String... labels) {
        cell(meter, labels).value = value;
    }

    @Override
    public void timer(Meter meter, long count, double seconds, String... labels) {
        Cell cell = cell(meter, labels);
        cell.count = count;
        cell.value = seconds;
    }

    @Override
    public void histogram(Meter meter, List<Long> counts, double seconds, String... labels) {
        long sum = 0;
        for (long count : counts) {
            sum += count;
        }
        timer(meter, sum, seconds, labels);
    }

    private Cell cell(Meter meter, String[] labels) {
        Key key = new Key(meter, List.of(labels));
        Cell cell = cells.get(key);
        if (cell == null) {
            cell = new Cell();
            cell.registered = register(meter, key.labels(), cell);
            cells.put(key, cell);
        }
        cell.generation = generation;
        return cell;
    }

    private io.micrometer.core.instrument.Meter register(Meter meter, List<String> labels, Cell cell) {
        List<Tag> tags = new ArrayList<>(labels.size());
        for (int i = 0; i < labels.size(); i++) {
            tags.add(Tag.of(meter.labels().get(i), labels.get(i)));
        }
        String unit = meter.unit().isEmpty() ? null : meter.unit();
        return switch (meter.kind()) {
            case COUNTER ->
                FunctionCounter.builder(meter.id(), cell, Cell::value)
                        .tags(Tags.of(tags))
                        .description(meter.help())
                        .baseUnit(unit)
                        .register(registry);
            case GAUGE ->
                Gauge.builder(meter.id(), cell, Cell::value)
                        .tags(Tags.of(tags))
                        .description(meter.help())
                        .baseUnit(unit)
                        .register(registry);
            case TIMER, HISTOGRAM ->
                FunctionTimer.builder(meter.id(), cell, Cell::count, Cell::value, TimeUnit.SECONDS)
                        .tags(Tags.of(tags))
                        .description(meter.help())
                        .register(registry);
        };
    }
}
