#include "service/views/explain_queries.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "projections/explanation/journey_explainer.h"
#include "projections/rules/payload_fields.h"
#include "service/core/errors.h"
#include "service/core/limits.h"
#include "service/core/touchpoint.h"
#include "service/views/keys.h"
#include "service/views/touchpoint_index.h"

namespace journey::views {
namespace {

using CauseRefs = std::vector<v1::PlacedCause*>;

template <typename Causes>
void AddAll(Causes& causes, CauseRefs& out) {
  for (v1::PlacedCause& cause : causes) out.push_back(&cause);
}

// Every cause in an explanation.
CauseRefs CausesOf(v1::JourneyExplanation& explanation) {
  CauseRefs out;
  v1::LeadExplanation& lead = *explanation.mutable_lead();
  AddAll(*explanation.mutable_stage()->mutable_causes(), out);
  AddAll(*lead.mutable_causes(), out);
  AddAll(*lead.mutable_open_request_causes(), out);
  if (lead.has_counted_after()) out.push_back(lead.mutable_counted_after());
  if (explanation.has_behaviour()) {
    auto& behaviour = *explanation.mutable_behaviour();
    for (auto& contribution : *behaviour.mutable_contributions()) {
      out.push_back(contribution.mutable_cause());
    }
  }
  if (explanation.has_fit()) {
    for (auto& contribution :
         *explanation.mutable_fit()->mutable_contributions()) {
      out.push_back(contribution.mutable_cause());
    }
  }
  for (auto& stall : *explanation.mutable_stalls()) {
    AddAll(*stall.mutable_causes(), out);
  }
  return out;
}

// What happened, in a word.
std::string ActionOf(const v1::Touchpoint& touchpoint) {
  const auto* field = projections::ActionField(core::KindOf(touchpoint));
  if (field == nullptr) return "";
  const auto* payload = projections::PayloadOf(touchpoint);
  const int number = payload->GetReflection()->GetEnumValue(*payload, field);
  const auto* value = field->enum_type()->FindValueByNumber(number);
  return value == nullptr ? "" : projections::ShortName(*value);
}

void Place(const log::LogEvent& event, v1::PlacedCause& cause) {
  const v1::Touchpoint& touchpoint = *event.touchpoint;
  cause.set_position(event.position);
  *cause.mutable_occurred_at() = touchpoint.occurred_at();
  cause.set_kind(core::KindOf(touchpoint));
  cause.set_action(ActionOf(touchpoint));
}

// Finds causes [begin, end) in the log.
absl::Status PlaceSome(const Reader& reader, const CauseRefs& causes,
                       size_t begin, size_t end) {
  std::vector<std::string> keys;
  for (size_t i = begin; i < end; ++i) {
    const v1::TouchpointRef& ref = causes[i]->touchpoint();
    keys.push_back(
        IdKey(reader.tenant_id(), ref.source(), ref.touchpoint_id()));
  }
  std::vector<log::IdEntry> entries;
  absl::Status status = reader.snapshot().ReadIds(keys, entries);
  if (!status.ok()) return status;
  std::vector<int64_t> positions;
  for (size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].position == 0) {
      const v1::TouchpointRef& ref = causes[begin + i]->touchpoint();
      return core::DamagedError(absl::StrCat(
          "views: a conclusion names touchpoint ", ref.source(), " ",
          ref.touchpoint_id(), ", which the index of ids does not know"));
    }
    positions.push_back(entries[i].position);
  }
  const auto events = reader.log().ReadPositions(reader.tenant_id(), positions);
  if (!events.ok()) return events.status();
  for (size_t i = 0; i < events->size(); ++i) {
    Place((*events)[i], *causes[begin + i]);
  }
  return absl::OkStatus();
}

absl::Status PlaceCauses(const Reader& reader,
                         v1::JourneyExplanation& explanation) {
  const CauseRefs causes = CausesOf(explanation);
  constexpr size_t kPage = core::kReadPositionsPage;
  for (size_t begin = 0; begin < causes.size(); begin += kPage) {
    absl::Status status = PlaceSome(reader, causes, begin,
                                    std::min(causes.size(), begin + kPage));
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::ExplainJourneyResponse> ExplainJourney(
    const QueryContext& context, const v1::ExplainJourneyRequest& request) {
  const auto reader = Reader::Make(context, request.tenant_id(), AsOf(request),
                                   context.clock->Now(), KnownAt(request));
  if (!reader.ok()) return reader.status();
  const auto journey = (*reader)->JourneyOf(request.subject());
  if (!journey.ok()) return journey.status();
  if (!journey->has_value()) return SubjectNotFound(request.subject());
  projections::JourneyExplainer explainer((*reader)->rules(), **journey);
  auto rows =
      TouchpointsOfJourney((*reader)->source(), request.tenant_id(), **journey,
                           0, (*reader)->as_of().value_or(core::kNever));
  if (!rows.ok()) return rows.status();
  absl::Status status = (*reader)->VisitInOrder(
      *std::move(rows),
      [&](const v1::Touchpoint& touchpoint) {
        explainer.Add(touchpoint);
        return absl::OkStatus();
      },
      [&] { explainer.Compact(); });
  if (!status.ok()) return status;
  if (explainer.state().touchpoint_count() == 0) {
    return SubjectNotFound(request.subject());
  }
  v1::ExplainJourneyResponse response;
  *response.mutable_explanation() = explainer.Explain(
      (*reader)->InstantFor(explainer.state().newest().at_us()));
  status = PlaceCauses(**reader, *response.mutable_explanation());
  if (!status.ok()) return status;
  response.set_log_position((*reader)->log_position());
  return response;
}

}  // namespace journey::views
