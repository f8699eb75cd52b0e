package dev.holdfast.observe.meters;

import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Keeps the meters of a registry as the last update says: makes those that are new, and removes those that there are no
 * more. Between updates they show what the last one said. Not thread-safe, but for reading the cells.
 */
final class GaugeSet implements MeterSink {
    private final Registrar registrar;
    private final Map<Key, GaugeValue> cells = new HashMap<>();
    private long generation;
    private boolean complete;

    GaugeSet(Registrar registrar) {
        this.registrar = registrar;
    }

    private record Key(Meter meter, List<String> labels) {}

    /**
     * Takes new values, makes meters and removes them.
     *
     * @param writer writes all values into the sink that it is given
     */
    void update(Consumer<MeterSink> writer) {
        complete = true;
        generation++;
        writer.accept(this);
        for (Iterator<GaugeValue> all = cells.values().iterator(); all.hasNext(); ) {
            GaugeValue gaugeValue = all.next();
            if (gaugeValue.generation != generation) {
                all.remove();
                if (gaugeValue.made != null) {
                    registrar.remove(gaugeValue.made);
                }
            }
        }
    }

    /** Takes new values for the meters that there are; nothing of the registry is called. */
    void refresh(Consumer<MeterSink> writer) {
        complete = false;
        writer.accept(this);
    }

    @Override
    public void value(Meter meter, double value, String... labels) {
        set(meter, value, 0, labels);
    }

    @Override
    public void timer(Meter meter, long count, double seconds, String... labels) {
        set(meter, seconds, count, labels);
    }

    @Override
    public void histogram(Meter meter, List<Long> counts, double seconds, String... labels) {
        long sum = 0;
        for (long count : counts) {
            sum += count;
        }
        set(meter, seconds, sum, labels);
    }

    private void set(Meter meter, double value, long count, String[] labels) {
        Key key = new Key(meter, List.of(labels));
        GaugeValue gaugeValue = cells.get(key);
        if (gaugeValue == null) {
            if (!complete) {
                return;
            }
            gaugeValue = new GaugeValue();
            gaugeValue.set(value, count);
            cells.put(key, gaugeValue);
            gaugeValue.made = registrar.add(meter, key.labels(), gaugeValue);
        }
        gaugeValue.set(value, count);
        gaugeValue.generation = generation;
    }
}
