#include "service/core/validate_touchpoint.h"

#include <cmath>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/struct.pb.h"
#include "service/core/limits.h"
#include "service/core/time.h"

namespace journey::core {
namespace {

using google::protobuf::ListValue;
using google::protobuf::Struct;
using google::protobuf::Value;

// Goes through attributes once. Stops at the first mistake: those after it
// are of the same free data, and a depth over the limit must not be followed.
class AttributesWalk {
 public:
  explicit AttributesWalk(const FieldChecker& at) : at_(at) {}

  void Run(const Struct& attributes) {
    if (!VisitStruct(attributes, 1)) at_.Fail("attributes", mistake_);
  }

 private:
  bool Stop(std::string mistake) {
    mistake_ = std::move(mistake);
    return false;
  }

  bool VisitDepth(int depth) {
    return depth <= kAttributeDepthMax ||
           Stop(absl::StrCat("must be at most ", kAttributeDepthMax,
                             " levels deep"));
  }

  bool VisitStruct(const Struct& fields, int depth) {
    if (!VisitDepth(depth)) return false;
    keys_ += fields.fields_size();
    if (keys_ > kAttributeKeysMax) {
      return Stop(absl::StrCat("must have at most ", kAttributeKeysMax,
                               " keys over all levels"));
    }
    for (const auto& [key, value] : fields.fields()) {
      if (!VisitText(key) || !VisitValue(value, depth)) return false;
    }
    return true;
  }

  bool VisitList(const ListValue& list, int depth) {
    if (!VisitDepth(depth)) return false;
    for (const Value& value : list.values()) {
      if (!VisitValue(value, depth)) return false;
    }
    return true;
  }

  bool VisitText(const std::string& text) {
    return IsValidUtf8(text) || Stop("hold text that is not valid UTF-8");
  }

  bool VisitValue(const Value& value, int depth) {
    switch (value.kind_case()) {
      case Value::kStructValue:
        return VisitStruct(value.struct_value(), depth + 1);
      case Value::kListValue:
        return VisitList(value.list_value(), depth + 1);
      case Value::kStringValue:
        return VisitText(value.string_value());
      case Value::kNumberValue:
        return std::isfinite(value.number_value()) ||
               Stop("hold a number that is not finite; JSON has none such");
      case Value::kNullValue:
      case Value::kBoolValue:
        return true;
      case Value::KIND_NOT_SET:
        return Stop("hold a value of no kind; use null_value for nothing");
    }
    return true;
  }

  const FieldChecker& at_;
  int keys_ = 0;
  std::string mistake_;
};

void CheckSubjects(const v1::Touchpoint& t, const FieldChecker& at) {
  at.Text("account_id", t.account_id(), kIdBytesMax);
  at.Text("contact_id", t.contact_id(), kIdBytesMax);
  at.Text("anonymous_id", t.anonymous_id(), kIdBytesMax);
  at.Text("deal_id", t.deal_id(), kIdBytesMax);
  const bool has_subject = !t.account_id().empty() || !t.contact_id().empty() ||
                           !t.anonymous_id().empty() || !t.deal_id().empty();
  if (t.has_spend() && has_subject) {
    at.Fail("spend",
            "has no subject; clear account_id, contact_id, anonymous_id and "
            "deal_id");
  } else if (!t.has_spend() && !has_subject) {
    at.Fail("",
            "names no subject; set account_id, contact_id, anonymous_id or "
            "deal_id");
  } else if (t.has_deal() && t.deal_id().empty()) {
    at.Fail("deal_id", "is required for the kind deal");
  }
}

void CheckCampaign(const v1::Campaign& campaign, const FieldChecker& at) {
  at.Text("source", campaign.source(), kIdBytesMax);
  at.Text("medium", campaign.medium(), kIdBytesMax);
  at.Text("name", campaign.name(), kIdBytesMax);
  at.Text("term", campaign.term(), kIdBytesMax);
  at.Text("content", campaign.content(), kIdBytesMax);
}

void CheckLinks(const v1::Touchpoint& t, const FieldChecker& at) {
  at.Count("links", t.links_size(), kLinksMax);
  for (int i = 0; i < t.links_size(); ++i) {
    const FieldChecker link(at, "links", i);
    link.RequiredEnum("type", t.links(i).type());
    link.RequiredText("id", t.links(i).id(), kIdBytesMax);
  }
}

void CheckBytes(absl::string_view name, size_t bytes, size_t bytes_max,
                const FieldChecker& at) {
  if (bytes <= bytes_max) return;
  at.Fail(name, absl::StrCat("must be at most ", bytes_max,
                             " bytes in serialised form, is ", bytes));
}

// Of a source whose clock is not trusted.
void CheckCorrected(const v1::Touchpoint& t, Micros now,
                    const SenderClocks& clocks, const FieldChecker& at) {
  const Micros corrected = *clocks.CorrectedOccurredAt(t, now);
  if (corrected >= 0 && corrected <= now + kFutureToleranceMicros) return;
  at.Fail("occurred_at",
          absl::StrCat("is ", FormatInstant(corrected),
                       " once corrected by sent_at; must be from 1970 on and "
                       "at most ",
                       kFutureToleranceMicros / kMicrosPerSecond / 3600,
                       " hours after the server's clock, which says ",
                       FormatInstant(now)));
}

void CheckTimes(const v1::Touchpoint& t, Micros now, const SenderClocks& clocks,
                const FieldChecker& at) {
  const bool is_sent = t.has_sent_at() && at.Instant("sent_at", t.sent_at());
  if (clocks.Trusts(t.source())) {
    return CheckHappened("occurred_at", t.has_occurred_at(), t.occurred_at(),
                         now, at);
  }
  if (!t.has_sent_at()) {
    at.Fail("sent_at",
            "is required: the rule set does not trust the clock of this "
            "source");
  }
  if (!t.has_occurred_at()) {
    at.Fail("occurred_at", "is required");
  } else if (at.Instant("occurred_at", t.occurred_at()) && is_sent) {
    CheckCorrected(t, now, clocks, at);
  }
}

}  // namespace

void CheckHappened(absl::string_view name, bool is_set,
                   const google::protobuf::Timestamp& instant, Micros now,
                   const FieldChecker& at) {
  if (!is_set) {
    at.Fail(name, "is required");
  } else if (at.Instant(name, instant) &&
             ToMicros(instant) > now + kFutureToleranceMicros) {
    at.Fail(name,
            absl::StrCat("must be at most ",
                         kFutureToleranceMicros / kMicrosPerSecond / 3600,
                         " hours after the server's clock, which says ",
                         FormatInstant(now), "; check the sender's clock"));
  }
}

size_t CheckTouchpoint(const v1::Touchpoint& t, Micros now,
                       const SenderClocks& clocks, const FieldChecker& at) {
  at.RequiredPlainText("source", t.source(), kSourceBytesMax);
  at.RequiredPlainText("touchpoint_id", t.touchpoint_id(), kIdBytesMax);
  CheckTimes(t, now, clocks, at);
  CheckSubjects(t, at);
  at.Enum("direction", t.direction());
  at.Text("channel", t.channel(), kLabelBytesMax);
  at.Text("owner_id", t.owner_id(), kIdBytesMax);
  if (t.has_campaign()) CheckCampaign(t.campaign(), {at, "campaign"});
  CheckLinks(t, at);
  at.Enum("sentiment", t.sentiment());
  CheckPayload(t, at);

  const size_t bytes = t.ByteSizeLong();
  CheckBytes("", bytes, kTouchpointBytesMax, at);
  if (t.has_attributes()) {
    // The size of the whole was computed from that of its parts.
    CheckBytes("attributes",
               static_cast<size_t>(t.attributes().GetCachedSize()),
               kAttributeBytesMax, at);
    AttributesWalk(at).Run(t.attributes());
  }
  return bytes;
}

}  // namespace journey::core
