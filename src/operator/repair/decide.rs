//! What to do about one pod that does not carry the sidecar as it is injected. Pure.
//!
//! In: [`PodFacts`]. Out: a [`Step`]. Must not: evict what nobody makes again, or what admission will not let in again: that
//! would be an outage, not a repair.

/// What is known of one pod of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PodFacts {
    /// Whether it carries what is injected.
    pub is_proven: bool,
    /// Whether it is about to end, has ended, or is no pod of an enrolled namespace's service any more.
    pub is_over: bool,
    /// Whether the kubelet runs it by itself.
    pub is_static: bool,
    /// Whether it stands in the operator's own namespace.
    pub is_operators: bool,
    /// Whether it serves.
    pub is_ready: bool,
    /// Its controller.
    pub owner: Owner,
    /// Whether all other pods of its controller serve.
    pub is_owner_whole: bool,
    /// Whether the sidecar can stand in such a pod at all.
    pub is_injectable: bool,
    /// Whether limit ranges and quotas leave room for the sidecar.
    pub has_room: bool,
    /// Whether admission lets a pod of this revision in now.
    pub is_admitted: bool,
}

/// The controller of a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// It has none.
    Nobody,
    /// It is gone.
    Gone,
    /// Of a kind of which nobody here knows what it does about a pod that is gone.
    Unknown,
    /// The pod is of an older generation, which the controller will not make again.
    Outdated,
    /// It makes this pod again.
    Current,
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing is wrong, or it ends by itself.
    Leave,
    /// Nothing but telling people.
    Hold(Hold),
    /// Evict it.
    Evict,
}

/// Why a pod is not evicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hold {
    /// The kubelet runs it by itself.
    StaticPod,
    /// No controller makes it again.
    NoController,
    /// Its controller is gone.
    ControllerGone,
    /// Nobody here knows what its controller does.
    ControllerUnknown,
    /// It is of an older generation.
    RevisionOutdated,
    /// The sidecar cannot stand in such a pod.
    NotInjectable,
    /// A limit range or quota leaves no room for the sidecar.
    NoRoom,
    /// Admission would not let it in again.
    GateRefuses,
    /// Other pods of its controller do not serve yet.
    OthersNotReady,
    /// A budget for disruptions does not allow it now.
    DisruptionBudget,
}

impl Hold {
    /// Stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::StaticPod => "StaticPod",
            Self::NoController => "NoController",
            Self::ControllerGone => "ControllerGone",
            Self::ControllerUnknown => "ControllerUnknown",
            Self::RevisionOutdated => "RevisionOutdated",
            Self::NotInjectable => "NotInjectable",
            Self::NoRoom => "NoRoom",
            Self::GateRefuses => "GateRefuses",
            Self::OthersNotReady => "OthersNotReady",
            Self::DisruptionBudget => "DisruptionBudget",
        }
    }

    /// Why, and what to do, in both languages.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::StaticPod => {
                "the kubelet runs it from a file on its node; change that file. 静态 Pod 只能在节点上修改其清单。"
            }
            Self::NoController => {
                "no controller would make it again; delete it and create it anew. 该 Pod 没有控制器，请删除后重新创建。"
            }
            Self::ControllerGone => {
                "its controller is gone and would not make it again; delete it. 其控制器已不存在，请手动删除。"
            }
            Self::ControllerUnknown => {
                "what its controller does about a pod that is gone is not known, or it counts as a failure; restart it by \
                 hand. 无法确定其控制器是否会重建，请手动重启。"
            }
            Self::RevisionOutdated => {
                "it is of an older revision, which its controller will not make again; finish the rollout. \
                 该 Pod 属于旧版本，请完成滚动更新。"
            }
            Self::NotInjectable => {
                "its template cannot carry the sidecar and would be refused; see the report for the field. \
                 其模板无法注入边车，重建会被拒绝。"
            }
            Self::NoRoom => {
                "a LimitRange or ResourceQuota would refuse it with the sidecar; see the condition Injectable. \
                 LimitRange 或 ResourceQuota 余量不足，重建会被拒绝。"
            }
            Self::GateRefuses => {
                "the gate would refuse it when it is made again, and evicting it would be an outage; file what is missing \
                 first. 准入会拒绝重建，驱逐将造成中断；请先补齐所缺事项。"
            }
            Self::OthersNotReady => {
                "other pods of its controller do not serve yet; it is its turn when they do. 其他副本尚未就绪，稍后再驱逐。"
            }
            Self::DisruptionBudget => {
                "a PodDisruptionBudget does not allow it now; it is tried again. PodDisruptionBudget 暂不允许，稍后重试。"
            }
        }
    }

    /// Whether it may pass without anybody doing anything.
    #[must_use]
    pub fn passes(self) -> bool {
        matches!(self, Self::OthersNotReady | Self::DisruptionBudget)
    }
}

/// Decides on one pod.
#[must_use]
pub fn decide(pod: &PodFacts) -> Step {
    if pod.is_proven || pod.is_over || pod.is_operators {
        return Step::Leave;
    }
    if pod.is_static {
        return Step::Hold(Hold::StaticPod);
    }
    let hold = match pod.owner {
        Owner::Nobody => Some(Hold::NoController),
        Owner::Gone => Some(Hold::ControllerGone),
        Owner::Unknown => Some(Hold::ControllerUnknown),
        Owner::Outdated => Some(Hold::RevisionOutdated),
        Owner::Current if !pod.is_injectable => Some(Hold::NotInjectable),
        Owner::Current if !pod.has_room => Some(Hold::NoRoom),
        Owner::Current if !pod.is_admitted => Some(Hold::GateRefuses),
        // A pod that does not serve is missed by nobody.
        Owner::Current if pod.is_ready && !pod.is_owner_whole => Some(Hold::OthersNotReady),
        Owner::Current => None,
    };
    hold.map_or(Step::Evict, Step::Hold)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pod() -> PodFacts {
        PodFacts {
            is_proven: false,
            is_over: false,
            is_static: false,
            is_operators: false,
            is_ready: true,
            owner: Owner::Current,
            is_owner_whole: true,
            is_injectable: true,
            has_room: true,
            is_admitted: true,
        }
    }

    #[test]
    fn only_what_comes_back_with_its_sidecar_is_evicted() {
        type Row = (fn(&mut PodFacts), Step);
        let rows: [Row; 15] = [
            (|_| (), Step::Evict),
            (|pod| pod.is_proven = true, Step::Leave),
            (|pod| pod.is_over = true, Step::Leave),
            (|pod| pod.is_operators = true, Step::Leave),
            (|pod| pod.is_static = true, Step::Hold(Hold::StaticPod)),
            (|pod| pod.owner = Owner::Nobody, Step::Hold(Hold::NoController)),
            (|pod| pod.owner = Owner::Gone, Step::Hold(Hold::ControllerGone)),
            (|pod| pod.owner = Owner::Unknown, Step::Hold(Hold::ControllerUnknown)),
            (|pod| pod.owner = Owner::Outdated, Step::Hold(Hold::RevisionOutdated)),
            (|pod| pod.is_injectable = false, Step::Hold(Hold::NotInjectable)),
            (|pod| pod.has_room = false, Step::Hold(Hold::NoRoom)),
            (|pod| pod.is_admitted = false, Step::Hold(Hold::GateRefuses)),
            (|pod| pod.is_owner_whole = false, Step::Hold(Hold::OthersNotReady)),
            (|pod| (pod.is_owner_whole, pod.is_ready) = (false, false), Step::Evict),
            // A gate that is closed counts whatever else would do.
            (|pod| (pod.is_admitted, pod.is_ready) = (false, false), Step::Hold(Hold::GateRefuses)),
        ];
        for (index, (change, expected)) in rows.into_iter().enumerate() {
            let mut pod = pod();
            change(&mut pod);
            assert_eq!(decide(&pod), expected, "{index}");
        }
    }
}
