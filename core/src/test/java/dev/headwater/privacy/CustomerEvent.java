package dev.headwater.privacy;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.headwater.DomainEvent;
import dev.headwater.MessageType;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Events with personal data in every place where it can stand. */
sealed interface CustomerEvent extends DomainEvent {

    record CustomerId(@JsonValue String value) {
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        public CustomerId {}
    }

    record Address(
            String street, List<String> lines, @Nullable Address former) {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Email.class, name = "email"),
        @JsonSubTypes.Type(value = Phone.class, name = "phone")
    })
    sealed interface Contact {}

    record Email(String address) implements Contact {}

    record Phone(long number) implements Contact {}

    /** Written with a value of its own in each component. */
    @MessageType("customer.registered")
    record Registered(
            String id,
            @Nullable Personal<String> name,
            Personal<@Nullable Address> address,
            Personal<BigDecimal> income,
            Personal<Contact> contact,
            Personal<List<Contact>> contacts,
            List<Personal<String>> friends,
            Map<String, Personal<LocalDate>> days,
            Optional<Personal<Integer>> age)
            implements CustomerEvent {}

    @MessageType("customer.renamed")
    record Renamed(
            @DataSubject CustomerId customer,
            @PersonalData(replacement = "somebody") String name,
            @PersonalData Optional<String> nickname,
            @PersonalData int age,
            @PersonalData List<Contact> contacts,

            @PersonalData(replacement = "{\"street\":\"\",\"lines\":[]}")
            Address address,

            @PersonalData(replacement = "null") @Nullable BigDecimal income,
            String reason)
            implements CustomerEvent {}

    record Line(@DataSubject String customer, @PersonalData String note) {}

    @MessageType("customers.noted")
    record Noted(List<Line> lines) implements CustomerEvent {}
}
