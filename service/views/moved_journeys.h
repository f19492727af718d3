// Which journeys gain or lose touchpoints that were there before, when subjects
// come to belong to others.
#ifndef SERVICE_VIEWS_MOVED_JOURNEYS_H_
#define SERVICE_VIEWS_MOVED_JOURNEYS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "journey/v1/common.pb.h"
#include "service/core/clock.h"
#include "service/views/index_source.h"
#include "service/views/journey_resolver.h"

namespace journey::views {

// When the first touchpoint occurred that the journey gains or loses.
struct MovedJourney {
  v1::Subject subject;
  core::Micros from = 0;
};

// Not thread-safe.
class MovedJourneys {
 public:
  // The identities as they were and as they are, with the same touchpoints.
  // Both outlive this.
  MovedJourneys(const IndexSource& before, const IndexSource& after,
                absl::string_view tenant_id)
      : source_(after),
        tenant_id_(tenant_id),
        before_(before, tenant_id),
        after_(after, tenant_id) {}

  // Takes a subject into account whose identity is another one.
  absl::Status Add(const v1::Subject& subject);

  // A journey may be named several times.
  [[nodiscard]] const std::vector<MovedJourney>& journeys() const {
    return journeys_;
  }

 private:
  absl::StatusOr<core::Micros> FirstTouchpoint(const v1::Subject& subject,
                                               core::Micros from,
                                               core::Micros until) const;
  absl::Status AddJourneys(JourneyResolver& resolver,
                           const v1::Subject& subject, core::Micros from,
                           core::Micros until, core::Micros refold_from);

  const IndexSource& source_;
  const std::string tenant_id_;
  JourneyResolver before_;
  JourneyResolver after_;
  std::vector<MovedJourney> journeys_;
};

}  // namespace journey::views

#endif  // SERVICE_VIEWS_MOVED_JOURNEYS_H_
