package dev.holdfast.observe.meters;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Makes meters in a registry of the Micrometer that is packed with the agent. */
final class OwnRegistrar implements Registrar {
    private final MeterRegistry registry;

    OwnRegistrar(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public Object add(Meter meter, List<String> labels, GaugeValue gaugeValue) {
        List<Tag> tags = new ArrayList<>(labels.size());
        for (int i = 0; i < labels.size(); i++) {
            tags.add(Tag.of(meter.labels().get(i), labels.get(i)));
        }
        String unit = meter.unit().isEmpty() ? null : meter.unit();
        return switch (meter.kind()) {
            case COUNTER ->
                FunctionCounter.builder(meter.id(), gaugeValue, GaugeValue::value)
                        .tags(Tags.of(tags))
                        .description(meter.help())
                        .baseUnit(unit)
                        .register(registry);
            case GAUGE ->
                Gauge.builder(meter.id(), gaugeValue, GaugeValue::value)
                        .tags(Tags.of(tags))
                        .description(meter.help())
                        .baseUnit(unit)
                        .register(registry);
            case TIMER, HISTOGRAM ->
                FunctionTimer.builder(meter.id(), gaugeValue, GaugeValue::count, GaugeValue::value, TimeUnit.SECONDS)
                        .tags(Tags.of(tags))
                        .description(meter.help())
                        .register(registry);
        };
    }

    @Override
    public void remove(Object made) {
        registry.remove((io.micrometer.core.instrument.Meter) made);
    }
}
