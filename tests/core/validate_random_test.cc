// Requests nobody would send: whatever they hold, checking them ends with an
// answer, and what is accepted can be worked with.
#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/stubs/logging.h"
#include "service/core/limits.h"
#include "service/core/touchpoint.h"
#include "service/core/validate.h"
#include "tests/core/samples.h"
#include "tests/core/violated_fields.h"
#include "tests/support/temp_dir.h"

namespace journey::core {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using testing::kNow;

constexpr int kRounds = 20'000;
constexpr int kDepthMax = 12;

class Mutator {
 public:
  explicit Mutator(unsigned seed) : random_(seed) {}

  uint32_t Below(uint32_t bound) {
    return std::uniform_int_distribution<uint32_t>(0, bound - 1)(random_);
  }

  // Flips, cuts and doubles bytes, as a broken client or wire would.
  std::string Damage(std::string bytes) {
    for (uint32_t n = 1 + Below(4); n > 0 && !bytes.empty(); --n) {
      const size_t at = Below(static_cast<uint32_t>(bytes.size()));
      switch (Below(3)) {
        case 0:
          bytes[at] = static_cast<char>(Below(256));
          break;
        case 1:
          bytes.erase(at, 1 + Below(8));
          break;
        default:
          bytes.insert(at, bytes.substr(at, 1 + Below(16)));
      }
    }
    return bytes;
  }

  // Sets a random field somewhere in the message, as a caller in the same
  // process could: also text that is not UTF-8 and nesting without end.
  void Change(Message& message, int depth) {
    const auto& type = *message.GetDescriptor();
    if (type.field_count() == 0) return;
    const FieldDescriptor& field =
        *type.field(static_cast<int>(Below(type.field_count())));
    if (Below(10) == 0) {
      message.GetReflection()->ClearField(&message, &field);
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      Descend(message, field, depth);
    } else if (!field.is_repeated()) {
      SetScalar(message, field);
    }
  }

 private:
  void Descend(Message& message, const FieldDescriptor& field, int depth) {
    if (depth == 0) return;
    const auto& reflection = *message.GetReflection();
    const int size =
        field.is_repeated() ? reflection.FieldSize(message, &field) : 0;
    Message* next = nullptr;
    if (!field.is_repeated()) {
      next = reflection.MutableMessage(&message, &field);
    } else if (size == 0 || Below(2) == 0) {
      next = reflection.AddMessage(&message, &field);
    } else {
      next = reflection.MutableRepeatedMessage(&message, &field,
                                               static_cast<int>(Below(size)));
    }
    Change(*next, depth - 1);
  }

  void SetScalar(Message& message, const FieldDescriptor& field) {
    const auto& reflection = *message.GetReflection();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        reflection.SetInt32(&message, &field, static_cast<int32_t>(Number()));
        break;
      case FieldDescriptor::CPPTYPE_INT64:
        reflection.SetInt64(&message, &field, Number());
        break;
      case FieldDescriptor::CPPTYPE_DOUBLE:
        reflection.SetDouble(&message, &field,
                             static_cast<double>(Number()) / Below(3));
        break;
      case FieldDescriptor::CPPTYPE_BOOL:
        reflection.SetBool(&message, &field, Below(2) == 0);
        break;
      case FieldDescriptor::CPPTYPE_ENUM:
        reflection.SetEnumValue(&message, &field,
                                static_cast<int>(Below(50)) - 1);
        break;
      case FieldDescriptor::CPPTYPE_STRING:
        reflection.SetString(&message, &field, Text());
        break;
      default:
        break;
    }
  }

  int64_t Number() {
    switch (Below(3)) {
      case 0:
        return static_cast<int64_t>(random_());
      case 1:
        return static_cast<int64_t>(Below(20)) - 2;
      default:
        return INT64_C(1) << Below(64);
    }
  }

  std::string Text() {
    std::string text;
    for (uint32_t n = Below(Below(50) == 0 ? 5000 : 6); n > 0; --n) {
      text.push_back(static_cast<char>(Below(4) == 0 ? Below(256) : 'a'));
    }
    return text;
  }

  std::mt19937_64 random_;
};

v1::AppendRequest AllSamples() {
  v1::AppendRequest request = testing::MakeAppend({});
  for (const std::string& payload : testing::MinimalPayloads()) {
    *request.add_touchpoints() = testing::MakeTouchpoint(payload);
  }
  auto* expected = request.add_expected_versions();
  expected->mutable_subject()->set_type(v1::SUBJECT_TYPE_ACCOUNT);
  expected->mutable_subject()->set_id("account-1");
  expected->set_exact(3);
  return request;
}

// What everyone after validation relies on.
void UseAccepted(const v1::AppendRequest& request) {
  for (v1::Touchpoint t : request.touchpoints()) {
    Normalize(t);
    EXPECT_NE(KindOf(t), v1::TOUCHPOINT_KIND_UNSPECIFIED);
    EXPECT_NE(SubjectOf(t).has_value(), t.has_spend());
    EXPECT_NE(DirectionOf(t), v1::DIRECTION_UNSPECIFIED);
    EXPECT_FALSE(IsCustomerOriginated(t) && IsCompanyOriginated(t));
    EXPECT_GE(OrderKeyOf(t).occurred_at, 0);
    v1::Touchpoint again;
    ASSERT_TRUE(again.ParseFromString(Serialize(t)));
    EXPECT_TRUE(SameContent(t, again));
  }
}

// Returns whether the request was accepted.
bool Check(const v1::AppendRequest& request) {
  const absl::Status status = ValidateAppend(request, kNow, SenderClocks());
  if (status.ok()) {
    UseAccepted(request);
  } else {
    EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_VALIDATION_FAILED);
    EXPECT_FALSE(testing::ViolatedFields(status).empty());
  }
  return status.ok();
}

TEST(ValidateRandomTest, DamagedBytesAreRefusedOrUsable) {
  // Every text that is not UTF-8 would be logged.
  const google::protobuf::LogSilencer silencer;
  Mutator mutate(testing::TestSeed(1));
  const std::string bytes = AllSamples().SerializeAsString();
  int accepted = 0;
  int refused = 0;
  for (int i = 0; i < kRounds; ++i) {
    v1::AppendRequest request;
    if (!request.ParseFromString(mutate.Damage(bytes))) continue;
    ++(Check(request) ? accepted : refused);
  }
  EXPECT_GT(accepted, 0);
  EXPECT_GT(refused, 0);
}

TEST(ValidateRandomTest, ArbitraryMessagesAreRefusedOrUsable) {
  Mutator mutate(testing::TestSeed(2));
  int accepted = 0;
  int refused = 0;
  v1::AppendRequest request = AllSamples();
  for (int i = 0; i < kRounds; ++i) {
    mutate.Change(request, kDepthMax);
    const bool ok = Check(request);
    ++(ok ? accepted : refused);
    // A few mistakes may pile up, then a fresh start.
    if (mutate.Below(8) == 0) request = AllSamples();
  }
  EXPECT_GT(accepted, 0);
  EXPECT_GT(refused, 0);
}

TEST(ValidateRandomTest, ArbitraryReadsAreAnswered) {
  Mutator mutate(testing::TestSeed(3));
  v1::ReadRequest read;
  v1::RetractRequest retract;
  v1::SubscribeRequest subscribe;
  for (int i = 0; i < kRounds; ++i) {
    mutate.Change(read, kDepthMax);
    mutate.Change(retract, kDepthMax);
    mutate.Change(subscribe, kDepthMax);
    (void)ValidateRead(read);
    (void)ValidateRetract(retract);
    (void)ValidateSubscribe(subscribe);
  }
}

}  // namespace
}  // namespace journey::core
