package dev.headwater.schema.derivation;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.headwater.DomainEvent;
import dev.headwater.MessageType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Messages that together hold every supported type. */
@SuppressWarnings("ArrayRecordComponent") // users have them, so they are supported
sealed interface EveryType extends DomainEvent {

    @MessageType("every.number")
    record Numbers(
            boolean flag,
            byte tiny,
            short small,
            int whole,
            long large,
            float rough,
            double real,
            Integer boxed,
            BigInteger huge,
            BigDecimal exact,
            int[] wholes,
            List<BigDecimal> prices,
            @JsonFormat(shape = JsonFormat.Shape.STRING) long asText)
            implements EveryType {}

    @MessageType("every.text")
    record Texts(
            String text,
            char letter,
            char[] letters,
            byte[] bytes,
            UUID id,
            URI uri,
            Locale locale,
            Currency currency,
            Color color,
            Size size,
            Set<Integer> codes,
            List<Color> colors,
            @JsonProperty("in_other_words") String words)
            implements EveryType {}

    @MessageType("every.time")
    record Times(
            Instant instant,
            LocalDate date,
            LocalTime time,
            LocalDateTime dateTime,
            OffsetDateTime offsetDateTime,
            OffsetTime offsetTime,
            ZonedDateTime zonedDateTime,
            Duration duration,
            Period period,
            Year year,
            YearMonth yearMonth,
            MonthDay monthDay,
            ZoneId zone,
            ZoneOffset offset,
            DayOfWeek day,
            Month month,
            @JsonFormat(pattern = "dd.MM.yyyy") LocalDate germanDate)
            implements EveryType {}

    @MessageType("every.absence")
    record Absences(
            Optional<String> text,
            OptionalInt whole,
            OptionalLong large,
            OptionalDouble real,
            @Nullable String nullable,
            @Nullable Color color,
            @Nullable Address address,
            Optional<List<Address>> addresses,
            List<@Nullable String> gaps,
            List<Optional<Integer>> optionals,
            Map<String, @Nullable Address> places,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> unlessEmpty)
            implements EveryType {}

    @MessageType("every.nesting")
    record Nestings(
            Address address,
            Address other,
            OrderId orderId,
            Sku sku,
            Tree tree,
            @Nullable Nestings self,
            Payment payment,
            List<Payment> payments,
            Payment.Card card,
            Pair<Address, Integer> pair,
            Map<String, Address> byName,
            Map<Color, Integer> byColor,
            Map<UUID, List<Sku>> byId,
            Map<Sku, String> bySku,
            Address[] array)
            implements EveryType {}

    enum Color {
        RED,
        GREEN {
            @Override
            public String toString() {
                return "green!";
            }
        }
    }

    enum Size {
        SMALL(1),
        LARGE(2);

        private final int code;

        Size(int code) {
            this.code = code;
        }

        @JsonValue
        int code() {
            return code;
        }
    }

    record Address(String street, @Nullable String city) {

        public boolean isForeign() {
            return false;
        }
    }

    record OrderId(UUID value) {}

    record Sku(@JsonValue String value) {}

    record Tree(String name, List<Tree> children) {}

    record Pair<A, B>(A first, B second) {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    sealed interface Payment {

        @JsonTypeName("card")
        record Card(String number) implements Payment {}

        @JsonTypeName("transfer")
        record Transfer(String iban, Optional<String> bic) implements Payment {}
    }
}
