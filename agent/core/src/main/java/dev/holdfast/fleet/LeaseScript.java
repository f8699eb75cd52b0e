package dev.holdfast.fleet;

import dev.holdfast.policy.FairShare;
import dev.holdfast.policy.FleetShare;
import dev.holdfast.policy.RateLimit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The store's side of a rate that instances share: a hash whose fields are the instances, each with the lanes that are
 * counted as its, the lanes that it wants, the end of that by the store's clock, and its window. One script on one key.
 *
 * <p><b>After an outage.</b> A time in which no instance has asked does not count: after it, everybody's lanes are
 * still there. Until all must have come back, nobody gets lanes that others may be using by themselves; each further
 * gap, even a short one, makes that begin anew, as it sends others back into their longest pause. Where all had given
 * their lanes back before, nobody has any. A store that has lost the hash grants nothing more than what an instance
 * declares until then; as soon as it has been running for so long that nobody has a lease from before, each may have
 * its part by the number of instances. One that has been running for longer than instances take to come back has lost
 * nothing, as far as an instance knows that has no lanes itself.
 *
 * <p><b>Another window</b>, as during a rollout, is reckoned with by the mean rate: two lanes of two seconds are one of
 * a second.
 */
final class LeaseScript {
    /**
     * The time in milliseconds, shorter than a lease is valid, in which some instance asks unless the store is away.
     */
    static final long SILENCE_MILLIS = 1_500;

    /** The time until all instances have come back, in milliseconds. */
    static final long GRACE_MILLIS = FleetShare.RETURN_MILLIS + 1_000;

    private static final long KEPT_MILLIS = TimeUnit.HOURS.toMillis(1);

    /**
     * The script. Its key is the hash; its arguments are the instance, and the numbers of permits, of lanes declared,
     * aimed at, wanted, and alone; then times in milliseconds: of a lease, of silence, of grace, for which the hash is
     * kept, and for which a lease may count after its renewal; its window; and 1 if it has no lanes, and has not been
     * without the store.
     */
    static final String LEASE = """
        local t = redis.call('TIME')
        local now = t[1] * 1000 + math.floor(t[2] / 1000)
        local lease = tonumber(ARGV[7])
        local function text(n) return string.format('%.0f', n) end
        local all = redis.call('HGETALL', KEYS[1])
        local last, grace, share, shift, unused = nil, 0, 1, 0, ARGV[13] == '1'
        for i = 1, #all, 2 do
          if all[i] == 'last' then
            last = tonumber(all[i + 1])
          elseif all[i] == 'grace' then
            grace, share = string.match(all[i + 1], '^(%d+) (%d)$')
            grace, share = tonumber(grace) or 0, tonumber(share) or 1
          elseif string.sub(all[i + 1], 1, 4) ~= '0 0 ' then
            unused = false
          end
        end
        local window = tonumber(ARGV[12])
        local function up(millis)
          local info = redis.pcall('INFO', 'server')
          local seconds = type(info) == 'string' and string.match(info, 'uptime_in_seconds:(%d+)')
          return seconds and seconds * 1000 > tonumber(millis)
        end
        if not last then
          share = 0
          grace = (ARGV[13] == '1' and up(lease)) and 0 or now + ARGV[9]
        elseif unused and grace <= last then
          grace = 0
        elseif now < last or now - last > ARGV[8] / (grace > last and 4 or 1) then
          shift = now - last
          share = (grace > last and share == 0) and 0 or 1
          grace = now + ARGV[9]
        end
        if share == 0 and grace > now and up(ARGV[11]) then share = 1 end
        local others, rank, wants = 0, 0, {}
        for i = 1, #all, 2 do
          local id = all[i]
          if id ~= 'last' and id ~= 'grace' then
            local hold, want, ends, per = string.match(all[i + 1], '^(%d+) (%d+) (%d+) (%d+)$')
            ends = ends and ends + shift
            if not ends or ends < now then
              redis.call('HDEL', KEYS[1], id)
            elseif id ~= ARGV[1] then
              if shift ~= 0 then
                redis.call('HSET', KEYS[1], id, table.concat({hold, want, text(ends), per}, ' '))
              end
              others = math.min(others + hold * window / per, 1e9)
              wants[#wants + 1] = text(math.min(math.ceil(want * window / per), 1e9))
              if tonumber(want) > 0 and id < ARGV[1] then rank = rank + 1 end
            end
          end
        end
        others = math.ceil(others)
        local more = tonumber(ARGV[4])
        if grace > now then more = share == 1 and math.min(more, tonumber(ARGV[6])) or 0 end
        local hold = math.max(tonumber(ARGV[3]), math.min(more, tonumber(ARGV[2]) - others))
        local row = table.concat({text(hold), ARGV[5], text(now + lease), ARGV[12]}, ' ')
        redis.call('HSET', KEYS[1], ARGV[1], row,
          'last', text(now), 'grace', text(grace) .. ' ' .. share)
        redis.call('PEXPIRE', KEYS[1], ARGV[10])
        return text(hold) .. ' ' .. text(now) .. ' ' .. rank .. ' ' .. text(others) .. ';'
          .. table.concat(wants, ' ')
        """;

    private LeaseScript() {}

    /** Returns how long the lanes of an instance that is not heard of are counted as its, in milliseconds. */
    static long leaseMillis(long window) {
        return GRACE_MILLIS + usedMillis(window);
    }

    /** Returns how long after its renewal the last lease may count, in milliseconds. */
    private static long usedMillis(long window) {
        return FleetShare.VALID_MILLIS + TimeUnit.NANOSECONDS.toMillis(window + RateLimit.way(window)) + 1;
    }

    /** Runs it. Returns null: it said nothing that can be understood. */
    static @Nullable Granted run(
            StoreConnection store, String key, String instance, int permits, long window, FleetShare.Request request)
            throws IOException {
        byte[] said = store.run(
                LEASE,
                key,
                List.of(
                        bytes(instance),
                        bytes(permits),
                        bytes(request.declared()),
                        bytes(request.target()),
                        bytes(request.wanted()),
                        bytes(request.alone()),
                        bytes(leaseMillis(window)),
                        bytes(SILENCE_MILLIS),
                        bytes(GRACE_MILLIS),
                        bytes(KEPT_MILLIS + leaseMillis(window)),
                        bytes(usedMillis(window)),
                        bytes(Math.max(1, TimeUnit.NANOSECONDS.toMillis(window))),
                        bytes(request.fresh() ? 1 : 0)));
        return said == null ? null : read(new String(said, StandardCharsets.US_ASCII), permits, window);
    }

    /**
     * The lanes that the store has granted.
     *
     * @param lanes the lanes
     * @param turn see {@link FleetShare#granted}
     */
    record Granted(int lanes, FairShare.Others others, long turn) {}

    private static @Nullable Granted read(String said, int permits, long window) {
        int end = said.indexOf(';');
        String[] mine = said.substring(0, Math.max(0, end)).split(" ", -1);
        if (mine.length != 4) {
            return null;
        }
        try {
            String wants = said.substring(end + 1);
            int[] others = wants.isEmpty()
                    ? new int[0]
                    : Arrays.stream(wants.split(" ", -1))
                            .mapToInt(Integer::parseInt)
                            .toArray();
            long turns = Long.parseLong(mine[1]) / TimeUnit.NANOSECONDS.toMillis(FleetShare.turnNanos(window));
            long turn = Long.parseLong(mine[2]) - turns * permits;
            return new Granted(
                    Integer.parseInt(mine[0]), new FairShare.Others(Integer.parseInt(mine[3]), others), turn);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static byte[] bytes(Object value) {
        return value.toString().getBytes(StandardCharsets.US_ASCII);
    }
}
